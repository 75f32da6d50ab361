"""One small transformer for all that is read off a text's words: names, tags, sentences, trees, places of events."""
