import hashlib
import secrets
import ssl

from cryptography.hazmat.primitives.asymmetric import rsa


def fingerprint(data):
    return hashlib.sha256(data).hexdigest()


def token():
    return secrets.token_urlsafe()


def context():
    return ssl.create_default_context()


def key():
    return rsa.generate_private_key(65537, 3072)
