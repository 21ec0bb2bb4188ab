"""Evidence as files: WARC records, packages (WACZ), what the Berkeley Protocol wants of them, and their verification.

Nothing is fetched here and nothing kept: values come in, files go out.
"""
