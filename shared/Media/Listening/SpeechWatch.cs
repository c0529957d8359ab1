using CallCenter.Media.Engine;
using CallCenter.Media.Listening;

namespace CallCenter.Media;

/// <summary>Who spoke in a conversation, and for how long. A party's speech includes 200 ms after its last word.</summary>
/// <param name="Conversation">Time in which the caller and somebody else could hear each other.</param>
/// <param name="Caller">Of it, the caller spoke.</param>
/// <param name="Others">Of it, somebody else spoke.</param>
/// <param name="TalkOver">Of it, both.</param>
/// <param name="Silence">Of it, nobody.</param>
/// <param name="LongestSilence">The longest stretch of nobody.</param>
/// <param name="Slot">Length of a place of <paramref name="Slots"/>.</param>
/// <param name="Slots">From the conversation's beginning, at most 600 places: ' ' nobody, 'c' the caller, 'o' others, 'b' both, '-' no conversation.</param>
public sealed record SpeechFigures(
    TimeSpan Conversation, TimeSpan Caller, TimeSpan Others, TimeSpan TalkOver, TimeSpan Silence, TimeSpan LongestSilence, TimeSpan Slot, string Slots);

/// <summary>
/// Measures who speaks, the caller and those with whom it talks, until <see cref="Stop"/>. Legs whose audio passes undecoded (two of one codec
/// other than G.711) are decoded for it. Any thread.
/// </summary>
public sealed class SpeechWatch
{
    private readonly MediaThread _thread;
    private readonly SpeechCore _core;

    internal SpeechWatch(MediaLeg caller)
    {
        _thread = caller.Thread;
        _core = new SpeechCore(caller.Core);
        _ = _thread.Post(() => _thread.Speeches.Add(_core));
    }

    /// <summary>Who speaks with the caller from now on; none: the caller is held or alone, and time is not counted.</summary>
    public Task SetOthers(params IReadOnlyList<MediaLeg> others)
    {
        if (others.FirstOrDefault(leg => leg.Thread != _thread) is { } stranger)
        {
            throw new ArgumentException($"{stranger} lives on another media thread; open it Near the caller's.");
        }
        LegCore[] cores = [.. others.Select(leg => leg.Core)];
        return _thread.Post(() => _core.SetOthers(_thread.Speeches.Contains(_core) ? cores : [], _thread.Now));
    }

    /// <summary>Ends it; what was measured.</summary>
    public async Task<SpeechFigures> Stop()
    {
        SpeechFigures? figures = null;
        await _thread.Post(() =>
        {
            _thread.Speeches.Remove(_core);
            figures = _core.Stop(_thread.Now);
        }).ConfigureAwait(false);
        return figures ?? _core.Stop(0);
    }
}
