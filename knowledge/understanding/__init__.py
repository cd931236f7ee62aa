"""What a question says and wants: facts about the person, conduct of the message."""
