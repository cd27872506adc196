"""The gRPC services that a program and the plugins speak to: Pulumi's ResourceMonitor and Engine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2

from localcloud.engine.errors import EngineError, ProviderError, StepFailedError, UnsupportedError
from localcloud.engine.goals import read_goal
from localcloud.engine.protocol import (
    CHANNEL_OPTIONS,
    engine_pb2,
    engine_pb2_grpc,
    from_wire,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
    to_wire,
)
from localcloud.engine.reading import read_resource
from localcloud.engine.registration import Registrar
from localcloud.engine.registry import package_of
from localcloud.engine.run import PARALLEL, Run
from localcloud.engine.state import PROVIDER_PREFIX, Resource

_FEATURES: dict[str, Any] = {"secrets": 0, "aliasSpecs": 3}
_SEVERITIES = {1: "info", 2: "warning", 3: "error"}
# What the SDK raises, and the program then reports, after the engine has refused to go on.
_ECHO = "Resource monitor has terminated, shutting down"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer):
    """Serves one run at a time: calls wait until `open`, and end with UNAVAILABLE after a failure."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._busy = threading.BoundedSemaphore(PARALLEL)
        self._run: Run | None = None
        self._registrar: Registrar | None = None
        self._root = ""
        self._workers = ThreadPoolExecutor(max_workers=128)
        self._server = grpc.server(self._workers, options=CHANNEL_OPTIONS)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(self, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def open(self, run: Run) -> None:
        """Let the program of a run come in."""
        self._registrar = Registrar(run)
        self._run = run
        self._opened.set()

    def close_run(self) -> None:
        """Keep callers waiting until the next run."""
        self._opened.clear()

    def stop(self) -> None:
        """End the services; whoever still waits is turned away."""
        self._run = None
        self._opened.set()
        self._server.stop(grace=None).wait()
        self._workers.shutdown(wait=False)

    def _ready(self, context: Any) -> tuple[Run, Registrar]:
        self._opened.wait()
        if self._run is None or self._registrar is None or self._run.failed or self._run.interrupted.is_set():
            _abort(context, "resource monitor shut down")
        return self._run, self._registrar

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        run, registrar = self._ready(context)
        try:
            with self._busy:
                goal = read_goal(request)
                provider = goal.provider
                if goal.custom and not provider and not goal.type.startswith(PROVIDER_PREFIX):
                    provider = registrar.default_provider(package_of(goal.type), goal.version, goal.download_url)
                inputs = goal.inputs
                if goal.type.startswith(PROVIDER_PREFIX) and goal.version:
                    inputs = {**inputs, "__internal": {}, "version": goal.version}
                done = registrar.register(replace(goal, provider=provider, inputs=inputs))
        except StepFailedError:
            _abort(context, "resource registration failed")
        except (EngineError, ProviderError) as error:
            run.fail("", str(error))
            _abort(context, "resource registration failed")
        outputs = to_wire(done.outputs if done.custom else {})
        return resource_pb2.RegisterResourceResponse(urn=done.urn, id=done.id, object=outputs)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        run, _ = self._ready(context)
        outputs = from_wire(request.outputs)
        if request.urn == run.root:
            run.stack_outputs = outputs
        else:
            with run.lock:
                run.news[request.urn] = run.snapshot.swap(run.news[request.urn], outputs=outputs)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        run, registrar = self._ready(context)
        try:
            with self._busy:
                provider = request.provider or registrar.default_provider(
                    package_of(request.type), request.version, request.pluginDownloadURL
                )
                found: Resource = read_resource(run, request, provider)
        except StepFailedError:
            _abort(context, "resource read failed")
        except (EngineError, ProviderError) as error:
            run.fail("", str(error))
            _abort(context, "resource read failed")
        return resource_pb2.ReadResourceResponse(urn=found.urn, properties=to_wire(found.outputs))

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        run, registrar = self._ready(context)
        try:
            package = request.tok.split(":", 1)[0]
            provider = request.provider or registrar.default_provider(
                package, request.version, request.pluginDownloadURL
            )
            result = run.registry.get(provider).invoke(request.tok, from_wire(request.args), preview=run.preview)
        except StepFailedError:
            _abort(context, "the provider could not be set up")
        except (EngineError, ProviderError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"invocation of {request.tok} returned an error: {error}")
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in result.failures]
        fields: dict[str, Any] = {"return": to_wire(result.inputs), "failures": failures}
        return resource_pb2.ResourceInvokeResponse(**fields)

    def Call(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._refuse(context, f"calling {request.tok}")

    def RegisterPackage(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._refuse(context, f"a parameterized package ({request.name})")

    def _refuse(self, context: Any, what: str) -> NoReturn:
        run, _ = self._ready(context)
        run.fail("", str(UnsupportedError(what)))
        _abort(context, what)

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        run, _ = self._ready(context)
        return resource_pb2.DeploymentInfo(
            project=run.naming.project,
            stack=run.naming.stack,
            organization="organization",
            dryRun=run.preview,
            parallel=PARALLEL,
            supportedFeatures=list(_FEATURES.values()),
        )

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return empty_pb2.Empty()

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        run = self._run
        severity = _SEVERITIES.get(request.severity)
        echo = run is not None and run.failed and _ECHO in request.message
        if run is not None and severity and not request.ephemeral and not echo:
            run.display.tell(severity, request.urn, request.message)
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()


def _abort(context: Any, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNAVAILABLE, message)
    raise AssertionError("abort returned")
