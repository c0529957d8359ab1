using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Spool;

/// <summary>A leg that was begun and not ended.</summary>
internal sealed record OpenLeg(Guid Leg, LegRole Role, Guid? Agent);

/// <summary>A recording that was begun and not ended.</summary>
internal sealed record OpenRecording(Guid Recording, Guid? Leg);

/// <summary>What a contact's events so far leave open: all that a later start needs to end it.</summary>
internal sealed record OpenContact(
    Guid Tenant, Guid Contact, long LastSequence, DateTimeOffset LastAt, string? TraceParent,
    IReadOnlyList<OpenLeg> Legs, IReadOnlyList<OpenRecording> Recordings);

/// <summary>The contacts whose CallClosed has not been told, folded from their events. Not thread-safe.</summary>
internal sealed class OpenContacts
{
    private readonly Dictionary<Guid, OpenContact> open = [];

    public IReadOnlyCollection<OpenContact> All => open.Values;

    /// <summary>A segment's head: replaces what was folded from earlier segments.</summary>
    public void Reset(IEnumerable<OpenContact> snapshot)
    {
        open.Clear();
        foreach (var contact in snapshot)
        {
            open[contact.Contact] = contact;
        }
    }

    public void Apply(DomainEvent e)
    {
        if (e is not ContactEvent told)
        {
            return;
        }
        if (told.Final)
        {
            open.Remove(told.Stream);
            return;
        }
        var before = open.GetValueOrDefault(told.Stream) ?? new(told.Tenant, told.Stream, 0, told.OccurredAt, told.TraceParent, [], []);
        open[told.Stream] = Fold(before, told) with { LastSequence = told.Sequence, LastAt = told.OccurredAt };
    }

    private static OpenContact Fold(OpenContact c, ContactEvent e) => e switch
    {
        CallArrived or CallPlaced => c with { Legs = [.. c.Legs, new(e.Leg!.Value, LegRole.Caller, null)] },
        LegOffered o => c with { Legs = [.. c.Legs, new(e.Leg!.Value, LegRole.Agent, o.Agent)] },
        LegRefused or LegEnded => c with { Legs = [.. c.Legs.Where(l => l.Leg != e.Leg)] },
        RecordingStarted r => c with { Recordings = [.. c.Recordings, new(r.Recording, e.Leg)] },
        RecordingEnded r => c with { Recordings = [.. c.Recordings.Where(o => o.Recording != r.Recording)] },
        _ => c,
    };
}
