"""Who else has an interest: holds and duplicates are found for signed notices alone, at the moment they would leave."""
