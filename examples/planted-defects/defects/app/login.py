database_password = "@@secret:phrase@@"


def connect(user, password="@@secret:phrase@@"):
    return user, password


connection = connect("app", password="@@secret:phrase@@")
