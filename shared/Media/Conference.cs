using CallCenter.Media.Engine;

namespace CallCenter.Media;

/// <summary>One party of a <see cref="Conference"/>: what it hears and who hears it.</summary>
/// <param name="Leg">The party; all of one conference live on one media thread (<see cref="LegOptions.Near"/>).</param>
/// <param name="Hears">False: nothing is sent to it by the conference.</param>
/// <param name="HeardBy">Who hears it; null: every other party; empty: nobody. Nobody hears itself.</param>
public sealed record ConferenceParty(MediaLeg Leg, bool Hears = true, IReadOnlyList<MediaLeg>? HeardBy = null);

/// <summary>
/// Mixes up to <see cref="PartiesMax"/> parties at 8 kHz, whatever their codecs: each hears the sum of those who are heard by it, never itself.
/// To listen in, to whisper to one party and to barge in are the same with other <see cref="ConferenceParty.HeardBy"/>.
/// A party that plays clips hears these instead, and is heard meanwhile.
/// </summary>
public sealed class Conference
{
    /// <summary>Parties at once.</summary>
    public const int PartiesMax = 16;

    private readonly MediaThread _thread;
    private readonly MixCore _core;

    internal Conference(MediaThread thread)
    {
        _thread = thread;
        _core = new MixCore(thread);
    }

    /// <summary>
    /// Who takes part from now on, all at once: those who were there stay without a gap, those who are not named leave. A party
    /// leaves its bridge or other conference. None: the conference is over.
    /// </summary>
    public Task Set(params IReadOnlyList<ConferenceParty> parties)
    {
        if (parties.Count > PartiesMax || parties.DistinctBy(party => party.Leg).Count() != parties.Count)
        {
            throw new ArgumentException($"{parties.Count} parties in a conference; at most {PartiesMax}, each once.");
        }
        if (parties.FirstOrDefault(party => party.Leg.Thread != _thread) is { } stranger)
        {
            throw new ArgumentException($"{stranger.Leg} lives on another media thread; open it Near the others.");
        }
        var places = parties.Select(party => new MixPlace(party.Leg.Core, party.Hears, HeardBy(party, parties))).ToArray();
        return _thread.Post(() => _core.Arrange(places));
    }

    private static uint HeardBy(ConferenceParty party, IReadOnlyList<ConferenceParty> parties)
    {
        uint mask = 0;
        for (var i = 0; i < parties.Count; i++)
        {
            if (parties[i] != party && (party.HeardBy?.Contains(parties[i].Leg) ?? true))
            {
                mask |= 1u << i;
            }
        }
        return mask;
    }
}
