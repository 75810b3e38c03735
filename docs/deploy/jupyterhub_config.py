"""JupyterHub's settings for a class: what a measurement of up to 16 users at once asks for (see README.md here).

The Littlest JupyterHub reads it from /opt/tljh/config/jupyterhub_config.d/; any other hub with `load_subconfig`.
"""

c = get_config()  # noqa: F821

# A class starts its servers in one minute, and each then takes longer than JupyterHub's 30 seconds to answer.
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120

# Threads that wait burn no core that another student could use.
c.Spawner.environment = {"OMP_WAIT_POLICY": "PASSIVE"}

# A kernel of notebooks 00 to 06 holds up to 420 MiB of its own, one of 07 to 09 up to 750; two may be open at once.
c.Spawner.mem_limit = "1500M"
c.Spawner.args = [
    "--KernelManager.transport=ipc",  # no race for ports, and nobody else on the machine can listen
    "--MappingKernelManager.cull_idle_timeout=2400",  # a notebook left alone for 40 minutes gives its memory back
    "--MappingKernelManager.cull_interval=300",
    "--MappingKernelManager.cull_connected=True",
]
