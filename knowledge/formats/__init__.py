"""Policies as companies have them: Markdown, HTML, PDF and Word, each read into the same parts and then into plain text."""
