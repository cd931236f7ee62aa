"""From a conversation to a person who is called back: consents, leads, campaigns, reviews, rights over one's own data."""
