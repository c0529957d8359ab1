using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Spool;

/// <summary>How far a recording came: dense blocks from 0 and the audio's length.</summary>
internal readonly record struct RecordingProgress(long Blocks, long LengthMs);

/// <summary>What has to be told of a contact that its gateway left open when it died.</summary>
internal static class Endings
{
    /// <summary>
    /// Ends the legs as GatewayDied at the last sign of life (never before the contact's last event), closes recordings with
    /// the blocks that are on disk, and closes the contact.
    /// </summary>
    public static IEnumerable<ContactEvent> Of(OpenContact contact, DateTimeOffset? lastSign, Func<Guid, RecordingProgress> progress)
    {
        var at = lastSign > contact.LastAt ? lastSign.Value : contact.LastAt;
        foreach (var leg in contact.Legs)
        {
            yield return Stamp(contact, at, new LegEnded(leg.Role, leg.Agent, LegEnd.GatewayDied) { Leg = leg.Leg });
        }
        foreach (var open in contact.Recordings)
        {
            var reached = progress(open.Recording);
            yield return Stamp(contact, at, new RecordingEnded(open.Recording, reached.Blocks, reached.LengthMs) { Leg = open.Leg });
        }
        yield return Stamp(contact, at, new CallClosed { Final = true });
    }

    private static ContactEvent Stamp(OpenContact contact, DateTimeOffset at, ContactEvent e) =>
        e with { Tenant = contact.Tenant, Stream = contact.Contact, OccurredAt = at, TraceParent = contact.TraceParent };
}
