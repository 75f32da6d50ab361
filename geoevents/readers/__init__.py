"""Readers of one kind of file each: what they share, how bytes become text, dates, pages, and rows."""
