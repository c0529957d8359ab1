using System.Diagnostics.Metrics;

namespace CallCenter.Ivr;

/// <summary>Ivr's meters; the name begins with CallCenter so that Hosting's provider takes it.</summary>
internal static class Telemetry
{
    private static readonly Meter Meter = new("CallCenter.Ivr");

    public static readonly Counter<long> FlowsStarted = Meter.CreateCounter<long>("callcenter.ivr.flows.started");
    public static readonly Counter<long> FlowsEnded = Meter.CreateCounter<long>("callcenter.ivr.flows.ended");
    public static readonly Counter<long> CommandsFailed = Meter.CreateCounter<long>("callcenter.ivr.commands.failed");
    public static readonly Counter<long> PromptsSpoken = Meter.CreateCounter<long>("callcenter.ivr.prompts.spoken");
}
