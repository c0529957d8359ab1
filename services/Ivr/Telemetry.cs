using System.Diagnostics.Metrics;

namespace CallCenter.Ivr;

/// <summary>Ivr's meters; the name begins with CallCenter so that Hosting's provider takes it.</summary>
internal static class Telemetry
{
    private static readonly Meter Meter = new("CallCenter.Ivr");

    public static readonly Counter<long> FlowsStarted = Meter.CreateCounter<long>("callcenter.ivr.flows.started", "{flow}", "Flows begun");
    public static readonly Counter<long> FlowsEnded = Meter.CreateCounter<long>("callcenter.ivr.flows.ended", "{flow}", "Flows ended, by outcome");
    public static readonly Counter<long> CommandsFailed = Meter.CreateCounter<long>("callcenter.ivr.commands.failed", "{command}", "Commands that the gateway did not carry out, by outcome");
    public static readonly Counter<long> PromptsSpoken = Meter.CreateCounter<long>("callcenter.ivr.prompts.spoken", "{prompt}", "Prompts made from text");
}
