import hashlib
import random
import ssl

from cryptography.hazmat.primitives.asymmetric import rsa


def fingerprint(data):
    return hashlib.md5(data).hexdigest()


def token():
    return str(random.random())


def context():
    return ssl._create_unverified_context()


def key():
    return rsa.generate_private_key(65537, 1024)
