"""Tables of directory: organisations, bodies, posts, people, duty rosters, contact points and sign-in identities."""
