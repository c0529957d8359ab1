using System.Diagnostics;
using System.Diagnostics.Metrics;
using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.Telephony;

/// <summary>Spans and measures of the gateway.</summary>
internal static class Telemetry
{
    public const string Name = "CallCenter.Telephony";

    public static readonly ActivitySource Source = new(Name);
    public static readonly Meter Meter = new(Name);

    public static readonly UpDownCounter<long> CallsLive = Meter.CreateUpDownCounter<long>("callcenter.telephony.calls", "{call}", "Calls now");
    public static readonly Counter<long> CallsRefused = Meter.CreateCounter<long>("callcenter.telephony.calls.refused", "{call}", "INVITEs refused, by reason and, where it is known, tenant");
    public static readonly Counter<long> Bans = Meter.CreateCounter<long>("callcenter.telephony.bans", "{address}", "Addresses banned, by offence");
    public static readonly UpDownCounter<long> LegsLive = Meter.CreateUpDownCounter<long>("callcenter.telephony.legs", "{leg}", "Agents' legs now");
    public static readonly Counter<long> BlocksShipped = Meter.CreateCounter<long>("callcenter.telephony.blocks.shipped", "{block}", "Recording blocks accepted by Recording");

    /// <summary>Counts a refused INVITE.</summary>
    public static void Refused(string reason, Guid? tenant)
    {
        var tags = new TagList { { "reason", reason } };
        if (tenant is { } known)
        {
            tags.Add(TenantLabel.Of(known));
        }
        CallsRefused.Add(1, tags);
    }

    /// <summary>A span of the work that puts an event on the bus: part of the trace that caused the event.</summary>
    public static Activity? StartSend(DomainEvent e)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        ActivityContext.TryParse(e.TraceParent, null, out var parent);
        return Source.StartActivity($"send {e.GetType().Name}", ActivityKind.Producer, parent)
            ?.SetTag("callcenter.tenant", e.Tenant).SetTag("callcenter.stream", e.Stream).SetTag("callcenter.event", e.EventId);
    }

    /// <summary>Starts a span that lives beyond the work that starts it: the caller's own current span stays as it is.</summary>
    public static Activity? StartDetached(string name, ActivityKind kind, string? parent)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        var current = Activity.Current;
        ActivityContext.TryParse(parent, null, out var context);
        Activity.Current = null;
        var started = Source.StartActivity(name, kind, context);
        Activity.Current = current;
        return started;
    }
}
