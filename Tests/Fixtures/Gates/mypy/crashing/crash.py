def plugin(version):
    raise RuntimeError('broken')
