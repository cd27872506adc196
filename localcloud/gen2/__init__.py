"""An Amplify Gen 2 backend, as far as the stand-in for `ampx` deploys one: its definition, its stack, its outputs."""
