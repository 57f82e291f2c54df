"""The load of a measurement: what is sent (`requests`), by which script (`send.lua`), and how wrk runs it (`wrk`)."""
