// Passes Node's environment variables on to getenv.
Module.preRun = [() => Object.assign(ENV, process.env)];
