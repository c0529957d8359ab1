using System.Text.RegularExpressions;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;

namespace CallCenter.Ivr.Prompts;

/// <summary>Prompts' audio on disk, named by content: <c>DATA/ivr/prompts/&lt;hash&gt;.wav</c>. Files are never changed and never removed: a live call may play any of them.</summary>
internal sealed partial class AudioFiles(DataFolder data)
{
    private readonly Lazy<(Clip Clip, long Milliseconds)> _tune = new(() => KeepTune(data));

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Hash();

    /// <summary>The built-in music.</summary>
    public Clip Tune => _tune.Value.Clip;

    /// <summary>Length of the built-in music.</summary>
    public long TuneMilliseconds => _tune.Value.Milliseconds;

    /// <summary>The clip of a hash: its address is relative to Ivr's, so that it holds wherever Ivr runs.</summary>
    public static Clip ClipOf(string hash) => new(hash, $"/api/prompts/audio/{hash}");

    /// <summary>Keeps the audio; on disk when this returns.</summary>
    public Clip Keep(PromptAudio audio) => Keep(data, audio);

    /// <summary>The path of a file that is there; null when it is not, or the name is no hash.</summary>
    public string? Find(string hash)
    {
        var path = Hash().IsMatch(hash) ? PathOf(data, hash) : null;
        return File.Exists(path) ? path : null;
    }

    private static Clip Keep(DataFolder data, PromptAudio audio)
    {
        var path = PathOf(data, audio.Hash);
        if (!File.Exists(path))
        {
            DataFolder.WriteWhole(path, audio.File);
        }

        return ClipOf(audio.Hash);
    }

    private static (Clip Clip, long Milliseconds) KeepTune(DataFolder data)
    {
        var audio = PromptAudio.FromSamples(Prompts.Tune.Samples());
        return (Keep(data, audio), audio.Milliseconds);
    }

    private static string PathOf(DataFolder data, string hash) => data.Path("ivr", "prompts", hash + ".wav");
}
