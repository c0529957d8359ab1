using System.Diagnostics.Metrics;

namespace CallCenter.Crm;

/// <summary>Crm's meters; the name begins with CallCenter so that Hosting's provider takes it.</summary>
internal static class Telemetry
{
    private static readonly Meter Meter = new("CallCenter.Crm");

    public static readonly Counter<long> Identified = Meter.CreateCounter<long>("callcenter.crm.identified", "{contact}", "Contacts whose caller is a known or new customer");
    public static readonly Counter<long> Unidentified = Meter.CreateCounter<long>("callcenter.crm.unidentified", "{contact}", "Contacts whose caller gave no E.164 number");
    public static readonly Counter<long> Changed = Meter.CreateCounter<long>("callcenter.crm.changed", "{customer}", "Customers changed by people");
}
