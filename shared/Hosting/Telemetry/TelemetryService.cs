using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CallCenter.Hosting;

/// <summary>Sends traces, metrics and logs by OTLP (HTTP, protobuf) when <c>Otlp:Endpoint</c> is set. Built before any other service starts.</summary>
internal sealed class TelemetryService(string endpoint, TimeSpan metricsEach, string service) : IHostedLifecycleService
{
    private const int FlushMilliseconds = 3000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Describe(service))
            .AddSource("CallCenter.*", "MassTransit", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http")
            .AddOtlpExporter(o => Export(o, endpoint, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Describe(service))
            .AddMeter("CallCenter.*", "MassTransit", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http")
            .AddOtlpExporter((o, reader) =>
            {
                Export(o, endpoint, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)metricsEach.TotalMilliseconds;
            })
            .Build();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After all others: what they said last is sent too, within some seconds.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _traces?.ForceFlush(FlushMilliseconds);
        _traces?.Dispose();
        _metrics?.ForceFlush(FlushMilliseconds);
        _metrics?.Dispose();
        return Task.CompletedTask;
    }

    public static void Add(IHostApplicationBuilder builder)
    {
        if (builder.Configuration["Otlp:Endpoint"] is not { Length: > 0 } endpoint)
        {
            return;
        }
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new InvalidOperationException($"Otlp:Endpoint '{endpoint}' is no http address: give the collector's, such as http://127.0.0.1:4318.");
        }
        var seconds = builder.Configuration.GetValue("Otlp:MetricsSeconds", 60);
        if (seconds is < 1 or > 3600)
        {
            throw new InvalidOperationException($"Otlp:MetricsSeconds {seconds} is not within 1 to 3600.");
        }
        var service = builder.Environment.ApplicationName;
        builder.Services.AddSingleton<IHostedService>(new TelemetryService(endpoint, TimeSpan.FromSeconds(seconds), service));
        builder.Logging.AddOpenTelemetry(o =>
        {
            o.IncludeFormattedMessage = true;
            o.IncludeScopes = true;
            o.SetResourceBuilder(Describe(service));
            o.AddOtlpExporter(e => Export(e, endpoint, "v1/logs"));
        });
    }

    private static ResourceBuilder Describe(string service) => ResourceBuilder.CreateDefault().AddService(service);

    private static void Export(OtlpExporterOptions options, string endpoint, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(new Uri(endpoint.TrimEnd('/') + "/"), path);
    }
}
