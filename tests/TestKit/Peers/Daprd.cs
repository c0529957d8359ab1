using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>A real Dapr sidecar of one app by itself: a secret store in a file, no control plane.</summary>
public sealed class Daprd : IAsyncDisposable
{
    private readonly PeerProcess _process;

    private Daprd(PeerProcess process, string endpoint) => (_process, Endpoint) = (process, endpoint);

    /// <summary>For <c>Dapr:HttpEndpoint</c>.</summary>
    public string Endpoint { get; }

    /// <summary>Name of its secret store component.</summary>
    public static string Store => "callcenter-secrets";

    /// <summary>What it has said.</summary>
    public string Output => _process.Output;

    /// <summary>Starts the sidecar of the app that listens on this port of 127.0.0.1; it may still be loading its components when this returns.</summary>
    /// <param name="folder">For its components and its secrets.</param>
    /// <param name="secrets">Secret, key, value.</param>
    public static async Task<Daprd> Start(string folder, string app, int port, Dictionary<string, Dictionary<string, string>> secrets)
    {
        var components = Directory.CreateDirectory(Path.Combine(folder, "components")).FullName;
        var file = Path.Combine(folder, "secrets.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(secrets));
        await File.WriteAllTextAsync(Path.Combine(components, "secrets.yaml"), $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: {Store}
            spec:
              type: secretstores.local.file
              version: v1
              metadata:
                - name: secretsFile
                  value: {file}
                - name: multiValued
                  value: "true"
            """);
        var http = FreePorts.Any(SocketType.Stream);
        string[] arguments =
        [
            "--app-id", app, "--app-port", Number(port), "--dapr-http-port", Number(http), "--dapr-grpc-port", Number(FreePorts.Any(SocketType.Stream)),
            "--dapr-internal-grpc-port", Number(FreePorts.Any(SocketType.Stream)), "--dapr-listen-addresses", "127.0.0.1", "--enable-metrics=false", "--resources-path", components,
        ];
        return new(Run(arguments, folder), $"http://127.0.0.1:{Number(http)}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static PeerProcess Run(string[] arguments, string folder)
    {
        try
        {
            return new PeerProcess("daprd", "daprd", arguments, folder);
        }
        catch (InvalidOperationException e) when (e.InnerException is Win32Exception)
        {
            throw new InvalidOperationException("daprd is not on the PATH: put the one of a release of github.com/dapr/dapr there.", e);
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
