using System.Globalization;
using CallCenter.Contracts.Recording;
using CallCenter.Hosting;

namespace CallCenter.Recording.Store;

/// <summary>
/// An object an upload (5 s of a recording, some 80 kB) in an S3 bucket behind a Dapr binding,
/// <c>&lt;tenant&gt;/&lt;yyyy-mm-dd&gt;/&lt;recording&gt;/&lt;object&gt;</c>: any instance may take the next upload, since nothing is ever appended to.
/// An upload that is sent again has a new object; one that no row names was never promised.
/// </summary>
internal sealed class BlockObjects(SidecarClient sidecar, string binding) : IBlockStore
{
    /// <inheritdoc/>
    /// <exception cref="SidecarException">The sidecar or the storage behind it did not take them.</exception>
    public async Task<StoredAt> Append(FilePlace place, IReadOnlyList<byte[]> blocks, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var content = Convert.ToBase64String([.. blocks.SelectMany(block => block)]);
        await sidecar.InvokeBinding(binding, "create", content, new() { ["key"] = KeyOf(place, id), ["decodeBase64"] = "true" }, ct);
        return new(id, 0);
    }

    /// <summary>An object's content. Throws <see cref="SidecarException"/> when it cannot be had.</summary>
    public Task<byte[]> Get(FilePlace place, Guid id, CancellationToken ct) =>
        sidecar.InvokeBinding(binding, "get", null, new() { ["key"] = KeyOf(place, id), ["encodeBase64"] = "false" }, ct, BlockUpload.SizeMax);

    private static string KeyOf(FilePlace place, Guid id) =>
        string.Create(CultureInfo.InvariantCulture, $"{place.Tenant}/{place.Day:yyyy-MM-dd}/{place.Recording}/{id}");
}
