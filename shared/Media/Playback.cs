namespace CallCenter.Media;

/// <summary>How <see cref="MediaLeg.Play(IReadOnlyList{Clip}, PlayMode, TimeSpan)"/> plays.</summary>
[Flags]
public enum PlayMode
{
    /// <summary>Once, instead of whatever plays.</summary>
    Once = 0,
    /// <summary>After what plays and waits, without a gap.</summary>
    Enqueue = 1,
    /// <summary>Again and again until stopped or replaced.</summary>
    Loop = 2,
}

/// <summary>One order to play clips on a leg.</summary>
public sealed class Playback
{
    /// <summary>Clips in one playback.</summary>
    public const int ClipsMax = 256;

    private readonly TaskCompletionSource<PlaybackResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MediaLeg _leg;

    internal Playback(MediaLeg leg, Clip[] clips, PlayMode mode, TimeSpan from = default)
    {
        if (clips.Length > ClipsMax)
        {
            throw new ArgumentException($"{clips.Length} clips in one playback; at most {ClipsMax}.");
        }
        _leg = leg;
        Clips = clips;
        Mode = mode;
        IsEmpty = clips.All(clip => clip.Samples.IsEmpty);
        Start = IsEmpty ? (0, 0) : Find(clips, (long)(from.TotalSeconds * Clip.Rate));
    }

    /// <summary>Completes when the last sample was sent, or when it is stopped, replaced or its leg closed. Never faults.</summary>
    public Task<PlaybackResult> Completion => _completion.Task;

    internal Clip[] Clips { get; }
    internal PlayMode Mode { get; }
    internal bool IsEmpty { get; }

    /// <summary>Where it begins: a clip and the samples of it that are left out.</summary>
    internal (int Clip, int Offset) Start { get; }
    internal long PlayedSamples { get; set; }
    internal long PlayedMs => PlayedSamples * 1000 / Clip.Rate;

    /// <summary>Stops this playback; what waits behind it begins. No effect once it has ended.</summary>
    public Task Stop() => _leg.StopPlayback(this);

    /// <summary>The place so many samples after the beginning; past the end it goes on from the beginning.</summary>
    private static (int Clip, int Offset) Find(Clip[] clips, long samples)
    {
        var left = samples % clips.Sum(clip => (long)clip.Samples.Length);
        for (var i = 0; ; i++)
        {
            if (left < clips[i].Samples.Length)
            {
                return (i, (int)left);
            }
            left -= clips[i].Samples.Length;
        }
    }

    internal void Complete(PlaybackOutcome outcome) => _completion.TrySetResult(new PlaybackResult(outcome, PlayedMs));
}
