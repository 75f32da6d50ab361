"""Why a name was taken for a place: all it may mean, with what speaks for each, and how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gazetteer.places import Place

from .evidence import FEATURES, Evidence
from .records import PlaceMention
from .verdicts import SAME_KM, lies_with

if TYPE_CHECKING:
    from .ranker import Array, Ranker
    from .resolve import Weighed

NONE_OF_THESE = "none of these"
BESIDE = f"within {SAME_KM} km of the first, whose confidence counts it in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One piece of evidence: its name in `evidence.FEATURES`, its value, and what it adds to the log-odds: how
    much less they would be without it, the others being what they are."""

    name: str
    value: float
    contribution: float

    @property
    def weight(self) -> float:
        """What one unit of it is worth here."""
        return self.contribution / self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One meaning of a name; `place` is None for "none of these".

    `probability` is the ranker's: those of all meanings of a name and of none of them are 1 together. `confidence` of
    the first is how often such answers are right, meanings within SAME_KM counted in; of any other at most what that
    leaves, little even for one beside the first, which is no rival: its `reasons` say so. `features` speak loudest
    first, for it or against it.
    """

    place: Place | None
    probability: float
    confidence: float | None = None
    reasons: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A name of a document with its meanings, best first, "none of these" last."""

    mention: PlaceMention
    meanings: tuple[Meaning, ...]


def explain(weighed: Weighed, mentions: Sequence[PlaceMention], ranker: Ranker) -> tuple[Explanation, ...]:
    """One explanation for each of the mentions of what was weighed, demonyms aside, in order of start."""
    return tuple(
        Explanation(mention=mention, meanings=tuple(_meanings(mention, *weighed.evidence[g], ranker)))
        for mention, g in zip(mentions, weighed.group_of, strict=True)
        if mention.kind != "demonym"
    )


def _meanings(
    mention: PlaceMention, evidence: Evidence, probability: Array, g: int, ranker: Ranker
) -> Iterator[Meaning]:
    first, none = evidence.starts[g], evidence.starts[g + 1] - 1
    row_of = {option.place.id: first + i for i, option in enumerate(evidence.groups[g].options)}
    for rank, candidate in enumerate(mention.candidates):
        row = row_of[candidate.place.id]
        beside = rank > 0 and lies_with(candidate.place, mention.candidates[0].place)
        yield Meaning(
            place=candidate.place,
            probability=candidate.score if mention.corrected else float(probability[row]),
            confidence=candidate.confidence,
            reasons=(*candidate.reasons, BESIDE) if beside else candidate.reasons,
            features=() if mention.corrected else _features(evidence.matrix[row], ranker),
        )
    if not mention.corrected:
        reasons = () if mention.candidates else ("no gazetteer has a place of this name",)
        features = _features(evidence.matrix[none], ranker)
        yield Meaning(
            place=None,
            probability=float(probability[none]),
            confidence=mention.none_confidence,
            reasons=reasons,
            features=features,
        )


def _features(row: Array, ranker: Ranker) -> tuple[Feature, ...]:
    values = dict(zip(FEATURES, row.tolist(), strict=True))
    told = [
        Feature(name=name, value=values[name], contribution=contribution)
        for name, contribution in ranker.contributions(row).items()
    ]
    return tuple(sorted(told, key=lambda feature: (-abs(feature.contribution), feature.name)))


COLUMNS = (
    "document", "text", "start", "end", "rank", "name", "country", "admin1", "feature_code", "place_id", "lon", "lat",
    "probability", "confidence", "why",
)  # fmt: skip
SHOWN = ("rank", "confidence", "meaning", "why")
"""What a terminal shows of one name, under a heading that tells the rest."""


def to_row(document_id: str, explanation: Explanation, rank: int) -> dict[str, object]:
    """One meaning of a name as a line of a table; `rank` counts from 1."""
    mention, meaning = explanation.mention, explanation.meanings[rank - 1]
    place = meaning.place
    row: dict[str, object] = {
        "document": document_id,
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "rank": rank if place else None,
        "name": place.name if place else NONE_OF_THESE,
        "probability": f"{meaning.probability:.3f}",
        "confidence": None if meaning.confidence is None else f"{meaning.confidence:.3f}",
        "why": "; ".join(meaning.reasons),
    }
    if place is not None:
        row |= {"country": place.country, "admin1": place.admin1, "feature_code": place.feature_code}
        row |= {"place_id": place.id, "lon": place.lon, "lat": place.lat}
        where = "/".join(part for part in (place.country, place.admin1) if part)
        row["meaning"] = ", ".join(part for part in (place.name, where, place.feature_code, place.id) if part)
    else:
        row["meaning"] = f"{NONE_OF_THESE} (probability {meaning.probability:.3f})"
    return row


def to_heading(explanation: Explanation) -> str:
    """What a name was taken for, in a line."""
    mention = explanation.mention
    if mention.place is not None:
        taken = f"{mention.place.name} ({mention.place.id})"
    elif mention.anchor is not None:
        taken = f"not placed itself, drawn at {mention.anchor.name}: {mention.reason}"
    else:
        taken = f"not placed: {mention.reason}"
    return f"{mention.text} [{mention.start}:{mention.end}] -> {taken}"


def to_json(explanation: Explanation) -> dict[str, Any]:
    """A name with all its meanings and what speaks for each, as JSON knows it."""
    mention = explanation.mention
    return {
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "kind": mention.kind,
        "place_id": mention.place.id if mention.place else None,
        "confidence": mention.confidence,
        "reason": mention.reason,
        "corrected": mention.corrected,
        "meanings": [
            {
                "place": asdict(meaning.place) if meaning.place else None,
                "probability": round(meaning.probability, 6),
                "confidence": meaning.confidence,
                "reasons": list(meaning.reasons),
                "features": [
                    {"name": feature.name}
                    | {number: round(getattr(feature, number), 4) for number in ("value", "weight", "contribution")}
                    for feature in meaning.features
                ],
            }
            for meaning in explanation.meanings
        ],
    }
