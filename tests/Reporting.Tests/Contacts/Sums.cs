using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>Conservation: the phases of a leg that ended add up to its length, to the millisecond.</summary>
internal static class Sums
{
    public static void ShouldBeExact(ContactHistory history)
    {
        foreach (var leg in history.Legs.Where(l => l.EndedAt is not null))
        {
            var length = (long)(leg.EndedAt!.Value - leg.StartedAt).TotalMilliseconds;
            leg.Phases.OnTheLine().ShouldBe(length, $"{leg.Role} leg {leg.Id}: {leg.Phases}");
            (leg.EndedAt <= (history.EndedAt ?? DateTimeOffset.MaxValue)).ShouldBeTrue("a contact ends with its last work");
        }
    }
}
