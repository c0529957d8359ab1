using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Threading.Channels;
using CallCenter.Contracts.Recording;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Recorder;

/// <summary>
/// Ships a spool's blocks to Recording, a recording's blocks in order, <see cref="TogetherMax"/> at a time or what there is when the
/// recording is complete, and releases them when they were accepted: they are safe on disk meanwhile. What is not answered is sent
/// again for ever, with back-off; what Recording will never take is set aside in <paramref name="refusedFolder"/>.
/// </summary>
internal sealed class BlockShipper(IHttpClientFactory clients, TimeProvider clock, string refusedFolder, ILogger<BlockShipper> logger)
{
    /// <summary>Blocks of one recording that travel together: 5 s of it.</summary>
    public const int TogetherMax = 10;

    private const int Lanes = 4, LaneMax = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromSeconds(5), AnswerTime = TimeSpan.FromSeconds(10);

    private sealed record Held(StoredRecord Place, SpooledBlock Block);

    /// <summary>Ends when the spool is complete and everything was accepted.</summary>
    public async Task Run(BlockSpool spool, CancellationToken ct)
    {
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Channel.CreateBounded<List<Held>>(LaneMax)).ToArray();
        var work = lanes.Select(lane => Ship(spool, lane.Reader, ct)).ToArray();
        var held = new Dictionary<Guid, List<Held>>();
        await foreach (var next in spool.Waiting.ReadAllAsync(ct))
        {
            if (Take(spool, next, held) is { } recording)
            {
                await Send(recording);
            }
        }
        foreach (var recording in held.Keys.ToList())
        {
            await Send(recording);
        }
        Array.ForEach(lanes, lane => lane.Writer.Complete());
        await Task.WhenAll(work);

        ValueTask Send(Guid recording) => held.Remove(recording, out var blocks)
            ? lanes[(recording.GetHashCode() & int.MaxValue) % Lanes].Writer.WriteAsync(blocks, ct)
            : ValueTask.CompletedTask;
    }

    /// <summary>Holds a block; the recording whose blocks are to go now, or null.</summary>
    private Guid? Take(BlockSpool spool, Waiting next, Dictionary<Guid, List<Held>> held)
    {
        if (next.Block is not { } place)
        {
            return next.Complete;
        }
        if (spool.Read(place) is not { } block)
        {
            Log.BlockDamaged(logger, place.Segment, place.Offset);
            spool.Shipped(place);
            return null;
        }
        var recording = block.Header.Recording;
        if (!held.TryGetValue(recording, out var blocks))
        {
            held[recording] = blocks = [];
        }
        blocks.Add(new(place, block));
        return blocks.Count == TogetherMax ? recording : null;
    }

    private async Task Ship(BlockSpool spool, ChannelReader<List<Held>> lane, CancellationToken ct)
    {
        await foreach (var blocks in lane.ReadAllAsync(ct))
        {
            if (!await IsTaken(blocks, ct))
            {
                // One of them is wrong: alone the others are taken.
                foreach (var one in blocks)
                {
                    if (!await IsTaken([one], ct))
                    {
                        SetAside(one.Block);
                    }
                }
            }
            blocks.ForEach(one => spool.Shipped(one.Place));
        }
    }

    /// <summary>Sends until there is an answer; false when Recording will never take these blocks together.</summary>
    private async Task<bool> IsTaken(List<Held> blocks, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (status, fault) = await Put(blocks, ct);
            if (status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices)
            {
                Telemetry.BlocksShipped.Add(blocks.Count);
                return true;
            }
            if (status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge)
            {
                return false;
            }
            var first = blocks[0].Block.Header;
            Log.BlockNotAccepted(logger, first.Recording, first.Number, fault ?? status.ToString()!);
            await Task.Delay(pause, clock, ct);
        }
    }

    private async Task<(HttpStatusCode? Status, string? Fault)> Put(List<Held> blocks, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(AnswerTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var request = Request(blocks);
        try
        {
            using var client = clients.CreateClient("Recording");
            using var response = await client.SendAsync(request, either.Token);
            return (response.StatusCode, null);
        }
        catch (HttpRequestException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, $"no answer within {AnswerTime.TotalSeconds} s");
        }
    }

    private static HttpRequestMessage Request(List<Held> blocks)
    {
        var of = blocks[0].Block.Header;
        var body = BlockUpload.Pack([.. blocks.Select(one => new UploadBlock((int)one.Block.Header.Number, one.Block.Body))]);
        var request = new HttpRequestMessage(HttpMethod.Put, BlockUpload.Path(of.Recording))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        };
        request.Headers.Add(BlockUpload.TenantHeader, of.Tenant.ToString());
        request.Headers.Add(BlockUpload.ContactHeader, of.Contact.ToString());
        if (of.Agent is { } agent)
        {
            request.Headers.Add(BlockUpload.AgentHeader, agent.ToString());
        }
        request.Headers.Add(BlockUpload.HashHeader, Convert.ToHexStringLower(SHA256.HashData(body)));
        return request;
    }

    private void SetAside(SpooledBlock block)
    {
        Directory.CreateDirectory(refusedFolder);
        var path = Path.Combine(refusedFolder, $"{block.Header.Tenant}-{block.Header.Recording}-{block.Header.Number}.block");
        File.WriteAllBytes(path, block.Body);
        Log.BlockRefused(logger, block.Header.Tenant, block.Header.Recording, block.Header.Number, path);
    }
}
