using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Media;
using CallCenter.Telephony.Configuration;
using ContractClip = CallCenter.Contracts.Telephony.Clip;
using MediaClip = CallCenter.Media.Clip;

namespace CallCenter.Telephony.Anchor;

/// <summary>What the caller hears from the gateway itself. On the call's mailbox; a later order replaces an earlier one.</summary>
internal sealed class CallerAudio(MediaLeg leg, ClipCache clips, NumberFallback fallback, Action<Action> post, Action<PlaybackOver> over)
{
    private long order;
    private long holdMusic = -1;
    private (IReadOnlyList<MediaClip> Clips, TimeSpan At)? music;

    /// <summary>Plays a command's clips; when they are not at hand yet they are fetched first.</summary>
    public void Play(Guid command, IReadOnlyList<ContractClip> wanted, bool loop)
    {
        var own = ++order;
        if (clips.Ready(wanted) is { } ready)
        {
            Begin(own, command, ready, loop);
        }
        else
        {
            _ = Fetch(wanted, found =>
            {
                if (own != order)
                {
                    return;
                }
                if (found is null)
                {
                    over(new PlaybackOver(command, PlayOutcome.Failed, 0));
                }
                else
                {
                    Begin(own, command, found, loop);
                }
            });
        }
    }

    public void Beep(Guid command) => Begin(++order, command, [BeepTone.Clip], loop: false);

    /// <summary>The number's prompt once, then its music for ever; what cannot be had is left out.</summary>
    public void PlayFallback()
    {
        var own = ++order;
        Then(own, fallback.Prompt, prompt =>
        {
            if (prompt is not null)
            {
                leg.Play(prompt);
            }
            Then(own, fallback.Music, music =>
            {
                if (music is not null)
                {
                    leg.Play(music, PlayMode.Enqueue | PlayMode.Loop);
                }
            });
        });
    }

    /// <summary>Hold music goes on when it plays, and begins when it does not.</summary>
    public void KeepHoldMusic()
    {
        if (holdMusic != order)
        {
            PlayHoldMusic();
        }
    }

    /// <summary>The number's music, or the built-in tune, for ever.</summary>
    public void PlayHoldMusic()
    {
        var own = holdMusic = ++order;
        leg.Play(HoldTune.Clip, PlayMode.Loop);
        Then(own, fallback.Music, music =>
        {
            if (music is not null)
            {
                leg.Play(music, PlayMode.Loop);
            }
        });
    }

    public void Stop()
    {
        order++;
        leg.StopPlaying();
    }

    private void Begin(long own, Guid command, IReadOnlyList<MediaClip> ready, bool loop)
    {
        // Music that an announcement interrupted goes on where it was: who waits long would hear its first bars again and again.
        var from = loop && music is { } heard && heard.Clips.SequenceEqual(ready) ? heard.At : TimeSpan.Zero;
        var playback = leg.Play(ready, loop ? PlayMode.Loop : PlayMode.Once, from);
        _ = Follow();

        async Task Follow()
        {
            var result = await playback.Completion;
            var outcome = result.Outcome == PlaybackOutcome.Finished ? PlayOutcome.Finished : PlayOutcome.Failed;
            post(() =>
            {
                music = loop ? (ready, from + TimeSpan.FromMilliseconds(result.PlayedMs)) : music;

                // Stopped by a later order: that one has told it.
                if (own == order)
                {
                    over(new PlaybackOver(command, outcome, result.PlayedMs));
                }
            });
        }
    }

    private void Then(long own, ContractClip? wanted, Action<MediaClip?> play)
    {
        if (wanted is null)
        {
            play(null);
        }
        else if (clips.Ready([wanted]) is [var ready])
        {
            play(ready);
        }
        else
        {
            _ = Fetch([wanted], found =>
            {
                if (own == order)
                {
                    play(found?[0]);
                }
            });
        }
    }

    /// <summary>All of the clips or null, told on the mailbox.</summary>
    private async Task Fetch(IReadOnlyList<ContractClip> wanted, Action<IReadOnlyList<MediaClip>?> then)
    {
        var found = await Task.WhenAll(wanted.Select(clips.Get));
        post(() => then(Array.TrueForAll(found, f => f is not null) ? [.. found.Select(f => f!)] : null));
    }
}
