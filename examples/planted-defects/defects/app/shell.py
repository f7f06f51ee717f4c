import os
import subprocess


def list_folder(name):
    subprocess.call("ls " + name, shell=True)


def remove(name):
    os.system("rm " + name)


def archive(name):
    subprocess.Popen("tar cf all.tar *", shell=True)
