using CallCenter.Media;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Recorder;

namespace CallCenter.Telephony.Anchor;

/// <summary>
/// Carries out who hears whom: two parties by a bridge, which costs least and relays digits, more by a conference. The recording's
/// second channel is the agent's leg, or in a conference what the caller hears. On the call's mailbox.
/// </summary>
internal sealed class CallVoices(MediaEngine engine, MediaLeg caller, CallerAudio audio, CallRecordings recordings, TimeProvider clock)
{
    private SpeechWatch? speech;
    private readonly Conference conference = engine.OpenConference(caller);
    private readonly HashSet<MediaLeg> speaking = [];
    private Action? record;

    /// <summary>One of Bridge, HoldBridge, Unbridge, Mix.</summary>
    public void Arrange(CallAction action, Func<Guid, MediaLeg> media)
    {
        switch (action)
        {
            case Bridge b:
                EndConference();
                Join(media(b.Leg));
                break;
            case HoldBridge h:
                EndConference();
                TalkWith([]);
                caller.Unbridge();
                audio.PlayHoldMusic();
                Silence(media(h.Leg));
                break;
            case Unbridge:
                EndConference();
                TalkWith([]);
                caller.Unbridge();
                audio.Stop();
                RecordFrom(() => recordings.SetAgents(null));
                break;
            case Mix m:
                Confer(m.Voices, media);
                break;
        }
    }

    /// <summary>When the first conversation began.</summary>
    public DateTimeOffset SpeechSince { get; private set; }

    /// <summary>Ends the measuring of who speaks; null when there was no conversation.</summary>
    public async Task<SpeechFigures?> StopSpeech() => speech is { } measured ? await measured.Stop() : null;

    /// <summary>Has a recording that begins, or goes on among others, take its second channel from the right place.</summary>
    public void Record() => record?.Invoke();

    private void Join(MediaLeg leg)
    {
        audio.Stop();
        leg.StopPlaying();
        caller.Bridge(leg);
        TalkWith([leg]);
        speaking.Add(leg);
        RecordFrom(() => recordings.SetAgents(leg));
    }

    private void Confer(IReadOnlyList<Voice> voices, Func<Guid, MediaLeg> media)
    {
        var legs = voices.ToDictionary(voice => voice.Leg, voice => media(voice.Leg));
        var withCaller = legs.ContainsValue(caller);
        if (withCaller)
        {
            audio.Stop();
        }
        else
        {
            caller.Unbridge();
            audio.KeepHoldMusic();
        }
        foreach (var leg in speaking.Where(leg => !legs.ContainsValue(leg)))
        {
            Silence(leg);
        }
        foreach (var leg in legs.Values.Where(leg => leg != caller))
        {
            leg.StopPlaying();
            speaking.Add(leg);
        }
        TalkWith([.. voices.Where(voice => legs[voice.Leg] != caller && voice.HeardBy.Any(hearer => legs[hearer] == caller)).Select(voice => legs[voice.Leg])]);
        if (legs.Count == 2 && voices.All(voice => voice.HeardBy.Count == 1))
        {
            conference.Set([]);
            legs.Values.First().Bridge(legs.Values.Last());
            RecordFrom(() => recordings.SetAgents(withCaller ? legs.Values.First(leg => leg != caller) : null));
        }
        else
        {
            conference.Set([.. voices.Select(voice => new ConferenceParty(legs[voice.Leg], HeardBy: [.. voice.HeardBy.Select(leg => legs[leg])]))]);
            RecordFrom(withCaller ? recordings.SetAgentsToHeard : () => recordings.SetAgents(null));
        }
    }

    /// <summary>Whom the caller hears now; nobody while it is held.</summary>
    private void TalkWith(IReadOnlyList<MediaLeg> others)
    {
        if (others.Count > 0 && speech is null)
        {
            (speech, SpeechSince) = (engine.WatchSpeech(caller), clock.GetUtcNow());
        }
        speech?.SetOthers(others);
    }

    private void RecordFrom(Action source)
    {
        record = source;
        source();
    }

    private void EndConference()
    {
        conference.Set([]);
        speaking.Clear();
    }

    // Some phones hang up when they hear no packets for a while.
    private static void Silence(MediaLeg leg)
    {
        leg.Unbridge();
        leg.Play(HoldTune.Silence, PlayMode.Loop);
    }
}
