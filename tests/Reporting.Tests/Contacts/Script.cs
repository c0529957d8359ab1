using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>Writes the events of one contact as its sources would: stamped, each source numbered densely, times in milliseconds from the first ring.</summary>
internal sealed class Script
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<string, long> _sequences = [];
    private readonly List<ContactEvent> _events = [];

    public Guid Contact { get; init; } = Id(1);

    public Guid Tenant { get; init; } = Id(100);

    public Guid CallerLeg { get; init; } = Id(10);

    /// <summary>Added to a source's times: a clock that is wrong.</summary>
    public Func<string, long> Skew { get; init; } = _ => 0;

    public IReadOnlyList<ContactEvent> Events => _events;

    public static Guid Id(int n) => new(n, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    public Script Telephony(long at, ContactEvent e, Guid? leg = null, Guid? cause = null) => Add("telephony/1", at, e, leg ?? CallerLeg, cause);

    public Script Ivr(long at, ContactEvent e, Guid? cause = null) => Add("ivr", at, e, null, cause);

    public Script Routing(long at, ContactEvent e, Guid? leg = null, Guid? cause = null) => Add("routing", at, e, leg, cause);

    public Script Recording(long at, ContactEvent e) => Add("recording", at, e, null, null);

    public Script Crm(long at, ContactEvent e, Guid? cause = null) => Add("crm", at, e, null, cause);

    public Guid Last<T>() where T : ContactEvent => _events.OfType<T>().Last().EventId;

    private Script Add(string source, long at, ContactEvent e, Guid? leg, Guid? cause)
    {
        var sequence = _sequences[source] = _sequences.GetValueOrDefault(source) + 1;
        _events.Add(e with
        {
            EventId = Guid.CreateVersion7(Start.AddMilliseconds(_events.Count)),
            Tenant = Tenant,
            Stream = Contact,
            Leg = leg,
            Causation = cause,
            OccurredAt = Start.AddMilliseconds(at + Skew(source)),
            Source = source,
            Sequence = sequence,
        });
        return this;
    }
}
