using System.Diagnostics.Metrics;

namespace CallCenter.Desk;

/// <summary>Measures of Desk.</summary>
internal static class Telemetry
{
    private static readonly Meter Meter = new("CallCenter.Desk");

    public static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>("callcenter.desk.connections", "{connection}", "Open tabs");

    public static readonly Counter<long> Pushed = Meter.CreateCounter<long>("callcenter.desk.pushed", "{message}", "Messages handed to tabs");

    public static readonly Counter<long> ClosedSlow = Meter.CreateCounter<long>("callcenter.desk.closed_slow", "{connection}", "Tabs closed because they did not keep up");

    public static readonly Histogram<double> PushAge = Meter.CreateHistogram<double>("callcenter.desk.push_age", "ms", "From an event's time to its message on the way");
}
