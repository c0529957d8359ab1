using System.Diagnostics.Metrics;
using CallCenter.Media.Engine;

namespace CallCenter.Media;

/// <summary>The meter "CallCenter.Media": sums over an engine's threads, read when they are asked for.</summary>
internal sealed class Telemetry : IDisposable
{
    public const string MeterName = "CallCenter.Media";

    private static readonly KeyValuePair<string, object?>[] ReasonTags =
        [.. MediaCounters.Reasons.Select(reason => new KeyValuePair<string, object?>("reason", reason.ToString()))];

    private static readonly Meter Legs = new(MeterName);
    private static readonly Histogram<double> Quality = Legs.CreateHistogram<double>("media.quality", "{mos}", "How well a leg's remote was heard, when it closes", tags: null,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1.5, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.1, 4.2, 4.3, 4.4] });

    private readonly Meter _meter = new(MeterName);

    public Telemetry(MediaEngine engine)
    {
        long Sum(Func<MediaCounters, long> figure) => engine.Threads.Sum(thread => figure(thread.Counters));

        _meter.CreateObservableCounter("media.packets.received", () => Sum(each => Volatile.Read(ref each.PacketsReceived)), "{packet}");
        _meter.CreateObservableCounter("media.packets.sent", () => Sum(each => Volatile.Read(ref each.PacketsSent)), "{packet}");
        _meter.CreateObservableCounter("media.packets.relayed", () => Sum(each => Volatile.Read(ref each.PacketsRelayed)), "{packet}");
        _meter.CreateObservableCounter("media.ticks.late", () => Sum(each => Volatile.Read(ref each.LateTicks)), "{tick}",
            "20 ms ticks that were handled together with a later one");
        _meter.CreateObservableCounter("media.handshakes", () => new[]
        {
            new Measurement<long>(Sum(each => Volatile.Read(ref each.HandshakesDone)), new KeyValuePair<string, object?>("outcome", "secured")),
            new Measurement<long>(Sum(each => Volatile.Read(ref each.HandshakesFailed)), new KeyValuePair<string, object?>("outcome", "failed")),
        }, "{handshake}");
        _meter.CreateObservableCounter("media.events.dropped", () => engine.EventsDropped, "{event}");
        _meter.CreateObservableUpDownCounter("media.legs", () => engine.Legs, "{leg}");
        _meter.CreateObservableCounter("media.packets.dropped", () => MediaCounters.Reasons.Select(reason =>
            new Measurement<long>(Sum(each => Volatile.Read(ref each.Drops[(int)reason])), ReasonTags[(int)reason])), "{packet}");
    }

    /// <summary>A leg closes.</summary>
    public static void Closed(LegCore leg)
    {
        if (Quality.Enabled && VoiceQuality.Mos(leg.Statistics()) is { } mos)
        {
            Quality.Record(mos);
        }
    }

    public void Dispose() => _meter.Dispose();
}
