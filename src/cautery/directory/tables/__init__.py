"""Tables of authorities and providers, as lists of contact points are published and kept."""
