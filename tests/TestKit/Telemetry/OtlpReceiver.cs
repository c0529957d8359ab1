using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CallCenter.TestKit.Telemetry;

/// <summary>A small OTLP collector (HTTP, protobuf): keeps the spans it is sent and prints a trace as a tree.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private const int SpansMax = 200_000;

    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentDictionary<string, string> _seen = new();
    private volatile string[] _words = [];
    private int _metrics;
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>For <c>Otlp:Endpoint</c>.</summary>
    public string Endpoint => _app.Urls.First();

    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>Messages with metrics so far; each process sends one an interval.</summary>
    public int MetricMessages => Volatile.Read(ref _metrics);

    /// <summary>Of the watched words those that were sent, with what stood around them first.</summary>
    public IReadOnlyDictionary<string, string> Seen => _seen;

    /// <summary>From now on these words are looked for in all that is sent: traces, metrics, logs.</summary>
    public void Watch(params string[] words) => _words = [.. _words, .. words];

    public static async Task<OtlpReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/traces", receiver.Take);
        app.MapPost("/v1/metrics", receiver.TakeMetrics);
        app.MapPost("/v1/logs", receiver.TakeLogs);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>
    /// Our own spans of a trace, each indented below the one that caused it, with its start and length in milliseconds.
    /// Those of libraries in between (bus, database) are passed over.
    /// </summary>
    public string Tree(string traceId)
    {
        var trace = _spans.Where(s => s.TraceId == traceId).OrderBy(s => s.StartNanoseconds).ToList();
        var byId = trace.ToDictionary(s => s.SpanId);
        var own = trace.Where(IsOwn).ToList();
        var children = own.ToLookup(s => Cause(s, byId));
        var text = new StringBuilder($"trace {traceId}: {trace.Count} spans, {own.Count} of our own\n");
        Append(text, children, "", 1, trace.Count == 0 ? 0 : trace[0].StartNanoseconds);
        return text.ToString();
    }

    private static bool IsOwn(Span span) => span.Scope.StartsWith("CallCenter.", StringComparison.Ordinal);

    private static string Cause(Span span, Dictionary<string, Span> byId)
    {
        var cause = byId.GetValueOrDefault(span.ParentId);
        while (cause is not null && !IsOwn(cause))
        {
            cause = byId.GetValueOrDefault(cause.ParentId);
        }
        return cause?.SpanId ?? "";
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Append(StringBuilder text, ILookup<string, Span> children, string parent, int depth, ulong zero)
    {
        foreach (var span in children[parent])
        {
            var name = $"{new string(' ', 2 * depth)}{span.Name}";
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{name,-64} {span.Scope,-24} +{(span.StartNanoseconds - zero) / 1e6,9:0.0} ms {(span.EndNanoseconds - span.StartNanoseconds) / 1e6,9:0.0} ms\n");
            Append(text, children, span.SpanId, depth + 1, zero);
        }
    }

    private async Task<IResult> Take(HttpRequest request)
    {
        var body = await Read(request);
        foreach (var span in Span.ReadAll(body))
        {
            _spans.Enqueue(span);
            if (_spans.Count > SpansMax)
            {
                _spans.TryDequeue(out _);
            }
        }
        return Done;
    }

    private async Task<IResult> TakeMetrics(HttpRequest request)
    {
        await Read(request);
        Interlocked.Increment(ref _metrics);
        return Done;
    }

    private async Task<IResult> TakeLogs(HttpRequest request)
    {
        await Read(request);
        return Done;
    }

    private static IResult Done => Results.Bytes([], "application/x-protobuf");

    // Text in protobuf is UTF-8 as it is.
    private async Task<byte[]> Read(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        foreach (var word in _words)
        {
            if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) is >= 0 and var at)
            {
                var from = Math.Max(0, at - 80);
                _seen.TryAdd(word, $"{request.Path}: …{Encoding.UTF8.GetString(bytes, from, Math.Min(bytes.Length - from, 160 + word.Length))}…");
            }
        }
        return bytes;
    }
}
