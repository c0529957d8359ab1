using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>What must hold for every contact, whatever happened to it.</summary>
internal static class ContactChecks
{
    /// <summary>Over, once; its legs' phases add up to the millisecond; each source's events are numbered densely from 1.</summary>
    public static void ShouldAddUp(this ContactDetail contact)
    {
        contact.EndedAt.ShouldNotBeNull();
        contact.Events.Count(e => e.Type == "ContactEnded").ShouldBe(1, $"terminations of {contact.Caller}");
        contact.Legs.Count(l => l.Role == "Caller").ShouldBe(1);
        foreach (var leg in contact.Legs)
        {
            leg.EndedAt.ShouldNotBeNull($"{leg.Role} of {contact.Caller}");
            leg.PhaseSum.ShouldBe(leg.LengthMs, $"phases of the {leg.Role}'s leg of {contact.Caller}");
        }
        foreach (var source in contact.Events.GroupBy(e => e.Source))
        {
            source.Select(e => e.Sequence).Order().ShouldBe(Enumerable.Range(1, source.Count()).Select(i => (long)i), $"events of {source.Key} on {contact.Caller}");
        }
    }
}
