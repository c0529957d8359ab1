using System.Diagnostics.Metrics;

namespace CallCenter.Recording;

/// <summary>Recording's meters; the name begins with CallCenter so that Hosting's provider takes it.</summary>
internal static class Telemetry
{
    private static readonly Meter Meter = new("CallCenter.Recording");

    public static readonly Counter<long> Stored = Meter.CreateCounter<long>("callcenter.recording.blocks.stored", "{block}", "Blocks stored");
    public static readonly Counter<long> Repeated = Meter.CreateCounter<long>("callcenter.recording.blocks.repeated", "{block}", "Blocks that had been stored before");
    public static readonly Counter<long> Sealed = Meter.CreateCounter<long>("callcenter.recording.sealed", "{recording}", "Recordings sealed");
    public static readonly Counter<long> Damaged = Meter.CreateCounter<long>("callcenter.recording.damaged", "{recording}", "Requests for recordings that failed their check");
}
