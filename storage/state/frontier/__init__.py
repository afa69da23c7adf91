"""What the crawl knows of the web: what to look at again and when, and what became of every URL."""
