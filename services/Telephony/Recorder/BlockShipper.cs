using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Threading.Channels;
using CallCenter.Contracts.Recording;
using CallCenter.Telephony.Spool;

namespace CallCenter.Telephony.Recorder;

/// <summary>
/// Ships a spool's blocks to Recording, a recording's blocks in order, and releases each when it was accepted. What is not
/// answered is sent again for ever, with back-off; what Recording will never take is set aside in <paramref name="refusedFolder"/>.
/// </summary>
internal sealed class BlockShipper(IHttpClientFactory clients, TimeProvider clock, string refusedFolder, ILogger<BlockShipper> logger)
{
    private const int Lanes = 4, LaneMax = 64;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromSeconds(5), AnswerTime = TimeSpan.FromSeconds(10);

    /// <summary>Ends when the spool is complete and everything was accepted.</summary>
    public async Task Run(BlockSpool spool, CancellationToken ct)
    {
        var lanes = Enumerable.Range(0, Lanes).Select(_ => Channel.CreateBounded<(StoredRecord, SpooledBlock)>(LaneMax)).ToArray();
        var work = lanes.Select(lane => Ship(spool, lane.Reader, ct)).ToArray();
        await foreach (var place in spool.Waiting.ReadAllAsync(ct))
        {
            if (spool.Read(place) is { } block)
            {
                var lane = (block.Header.Recording.GetHashCode() & int.MaxValue) % Lanes;
                await lanes[lane].Writer.WriteAsync((place, block), ct);
            }
            else
            {
                Log.BlockDamaged(logger, place.Segment, place.Offset);
                spool.Shipped(place);
            }
        }
        Array.ForEach(lanes, lane => lane.Writer.Complete());
        await Task.WhenAll(work);
    }

    private async Task Ship(BlockSpool spool, ChannelReader<(StoredRecord, SpooledBlock)> lane, CancellationToken ct)
    {
        await foreach (var (place, block) in lane.ReadAllAsync(ct))
        {
            await UntilAccepted(block, ct);
            spool.Shipped(place);
        }
    }

    private async Task UntilAccepted(SpooledBlock block, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var (status, fault) = await Put(block, ct);
            if (status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices)
            {
                Telemetry.BlocksShipped.Add(1);
                return;
            }
            if (status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge)
            {
                SetAside(block, status.Value);
                return;
            }
            Log.BlockNotAccepted(logger, block.Header.Recording, block.Header.Number, fault ?? status.ToString()!);
            await Task.Delay(pause, clock, ct);
        }
    }

    private async Task<(HttpStatusCode? Status, string? Fault)> Put(SpooledBlock block, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(AnswerTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var request = new HttpRequestMessage(HttpMethod.Put, BlockUpload.Path(block.Header.Recording, block.Header.Number))
        {
            Content = new ByteArrayContent(block.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
        };
        request.Headers.Add(BlockUpload.TenantHeader, block.Header.Tenant.ToString());
        request.Headers.Add(BlockUpload.ContactHeader, block.Header.Contact.ToString());
        if (block.Header.Agent is { } agent)
        {
            request.Headers.Add(BlockUpload.AgentHeader, agent.ToString());
        }
        request.Headers.Add(BlockUpload.HashHeader, Convert.ToHexStringLower(SHA256.HashData(block.Body)));
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

    private void SetAside(SpooledBlock block, HttpStatusCode status)
    {
        Directory.CreateDirectory(refusedFolder);
        var path = Path.Combine(refusedFolder, $"{block.Header.Tenant}-{block.Header.Recording}-{block.Header.Number}.block");
        File.WriteAllBytes(path, block.Body);
        Log.BlockRefused(logger, block.Header.Tenant, block.Header.Recording, block.Header.Number, (int)status, path);
    }
}
