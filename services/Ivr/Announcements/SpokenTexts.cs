using System.Collections.Concurrent;
using CallCenter.Ivr.Prompts;

namespace CallCenter.Ivr.Announcements;

/// <summary>A sentence's audio: SHA-256 of the file and its length.</summary>
internal sealed record SpokenClip(string Hash, long Milliseconds);

/// <summary>Speaks sentences that come again and again: each is rendered once a run of the process, its audio kept by content.</summary>
internal sealed class SpokenTexts(Speech speech, AudioFiles files)
{
    /// <summary>Several times what the announcements of all languages have; some hundred bytes each.</summary>
    private const int MaxKept = 2_000;

    private readonly ConcurrentDictionary<(string Language, string Text), Lazy<Task<SpokenClip>>> _kept = [];

    /// <summary>The sentences' clips in order. Throws <see cref="SpeechException"/>.</summary>
    public Task<SpokenClip[]> Speak(string language, IEnumerable<string> sentences) => Task.WhenAll(sentences.Select(text => Speak(language, text)));

    private async Task<SpokenClip> Speak(string language, string text)
    {
        if (_kept.Count >= MaxKept)
        {
            _kept.Clear();
        }

        var spoken = _kept.GetOrAdd((language, text), key => new(() => Render(key.Language, key.Text)));
        try
        {
            return await spoken.Value;
        }
        catch
        {
            _kept.TryRemove(KeyValuePair.Create((language, text), spoken));
            throw;
        }
    }

    // Not one caller's to cancel: others may wait for the same sentence. Speech has a deadline of its own.
    private async Task<SpokenClip> Render(string language, string text)
    {
        var voice = await speech.Voice(language, CancellationToken.None) ?? throw new SpeechException($"there is no voice for '{language}'.");
        var audio = PromptAudio.FromSpeech(await speech.Render(voice, text, CancellationToken.None));
        files.Keep(audio);
        return new(audio.Hash, audio.Milliseconds);
    }
}
