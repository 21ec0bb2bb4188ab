"""The nine providers as HTTP servers: public pages, search, media, and the notice API."""
