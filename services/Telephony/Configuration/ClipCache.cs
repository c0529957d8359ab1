using System.Collections.Concurrent;
using System.Security.Cryptography;
using CallCenter.Media;
using ContractClip = CallCenter.Contracts.Telephony.Clip;

namespace CallCenter.Telephony.Configuration;

/// <summary>
/// Clips by their content's hash: in memory decoded, on disk as fetched (<c>clips/&lt;hash&gt;.wav</c>), else fetched from their
/// URL. What does not have the hash it should have is never played or kept.
/// </summary>
internal sealed class ClipCache(string folder, long bytesMax, IHttpClientFactory clients, TimeProvider clock, ILogger<ClipCache> logger)
{
    /// <summary>No clip is larger: an hour of 8 kHz 16-bit mono.</summary>
    public const int ClipBytesMax = 58 << 20;

    /// <summary>Decoded clips kept in memory; the least recently used one goes.</summary>
    public const int DecodedMax = 256;

    private static readonly TimeSpan FetchTime = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private long uses;

    /// <summary>The clip; null when it cannot be had now. A later call tries again.</summary>
    public async Task<Clip?> Get(ContractClip clip)
    {
        if (BuiltInClips.Find(clip) is { } builtIn)
        {
            return builtIn;
        }
        if (!IsHash(clip.Hash))
        {
            Log.ClipFailed(logger, clip.Hash, "not a SHA-256 in hex");
            return null;
        }
        var entry = entries.GetOrAdd(clip.Hash, _ => new Entry(new Lazy<Task<Clip?>>(() => Load(clip))));
        entry.LastUse = Interlocked.Increment(ref uses);
        var found = await entry.Clip.Value;
        if (found is null)
        {
            entries.TryRemove(new(clip.Hash, entry));
        }
        Shrink();
        return found;
    }

    /// <summary>The decoded clips, when all are in memory.</summary>
    public IReadOnlyList<Clip>? Ready(IReadOnlyList<ContractClip> clips)
    {
        var found = new List<Clip>(clips.Count);
        foreach (var clip in clips)
        {
            if (BuiltInClips.Find(clip) is { } builtIn)
            {
                found.Add(builtIn);
                continue;
            }
            if (!entries.TryGetValue(clip.Hash, out var entry) || !entry.Clip.IsValueCreated
                || entry.Clip.Value is not { IsCompletedSuccessfully: true } task || task.GetAwaiter().GetResult() is not { } ready)
            {
                return null;
            }
            entry.LastUse = Interlocked.Increment(ref uses);
            found.Add(ready);
        }
        return found;
    }

    private async Task<Clip?> Load(ContractClip clip)
    {
        // Off the caller's thread: a mailbox loop must not wait for the disk.
        await Task.Yield();
        var path = Path.Combine(folder, clip.Hash + ".wav");
        try
        {
            var bytes = File.Exists(path) ? await File.ReadAllBytesAsync(path) : null;
            if (bytes is null || !HasHash(bytes, clip.Hash))
            {
                bytes = await Fetch(clip);
                if (bytes is null)
                {
                    return null;
                }
                Keep(path, bytes);
            }
            else
            {
                File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
            }
            return Clip.FromWav(new MemoryStream(bytes));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Log.ClipFailed(logger, clip.Hash, e.Message);
            return null;
        }
    }

    private async Task<byte[]?> Fetch(ContractClip clip)
    {
        using var deadline = new CancellationTokenSource(FetchTime, clock);
        try
        {
            using var client = clients.CreateClient("Ivr");
            using var response = await client.GetAsync(PathOf(clip.Url), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength > ClipBytesMax)
            {
                Log.ClipFailed(logger, clip.Hash, $"{clip.Url} answered {(int)response.StatusCode}, {response.Content.Headers.ContentLength} bytes");
                return null;
            }
            await response.Content.LoadIntoBufferAsync(ClipBytesMax, deadline.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            if (HasHash(bytes, clip.Hash))
            {
                return bytes;
            }
            Log.ClipFailed(logger, clip.Hash, $"{clip.Url} has another hash");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or UriFormatException)
        {
            Log.ClipFailed(logger, clip.Hash, $"{clip.Url}: {e.Message}");
        }
        return null;
    }

    /// <summary>Only Ivr has clips: an URL's host does not matter, so that none can lead the gateway's token elsewhere.</summary>
    private static Uri PathOf(string url) => new(Uri.TryCreate(url, UriKind.Absolute, out var absolute) && !absolute.IsFile ? absolute.PathAndQuery : url, UriKind.Relative);

    private void Keep(string path, byte[] bytes)
    {
        Hosting.DataFolder.WriteWhole(path, bytes);
        var files = new DirectoryInfo(folder).GetFiles("*.wav").OrderByDescending(f => f.LastWriteTimeUtc).ToList();
        var total = 0L;
        foreach (var file in files)
        {
            total += file.Length;
            if (total > bytesMax && file.FullName != path)
            {
                file.Delete();
            }
        }
    }

    private void Shrink()
    {
        if (entries.Count > DecodedMax)
        {
            foreach (var old in entries.OrderBy(e => e.Value.LastUse).Take(entries.Count - DecodedMax))
            {
                entries.TryRemove(old);
            }
        }
    }

    private static bool IsHash(string hash) => hash.Length == 64 && hash.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f');

    private static bool HasHash(byte[] bytes, string hash) => Convert.ToHexStringLower(SHA256.HashData(bytes)) == hash;

    private sealed class Entry(Lazy<Task<Clip?>> clip)
    {
        public Lazy<Task<Clip?>> Clip { get; } = clip;
        public long LastUse { get; set; }
    }
}
