using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Recording.Tests.Play;
using CallCenter.TestKit;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Recording.Tests.Api;

[Trait("needs", "server")]
public sealed class RecordingApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int BlockCount = 4;
    private readonly Guid _tenant = Guid.CreateVersion7(), _other = Guid.CreateVersion7(), _contact = Guid.CreateVersion7();
    private readonly Guid _agent = Guid.CreateVersion7(), _recording = Guid.CreateVersion7();
    private readonly Sealings _sealings = new();
    private Dictionary<string, string?> _configuration = null!;
    private ServiceHost _host = null!;
    private HttpClient _gateway = null!;
    private Blocks _blocks = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _configuration = await postgres.NewConfiguration();
        await StartHost(null);
        var snapshot = _host.Get<ConfigurationSnapshots>("recording").Tenant(_tenant)!;
        _blocks = new Blocks(_tenant, _recording, _host.Get<TenantKeys>().Unwrap(snapshot.DataKey));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task StartHost(ServiceHost? before)
    {
        _host = await ServiceHost.Start(_configuration, [_tenant, _other], builder =>
        {
            builder.Services.AddSingleton(_sealings);
            builder.AddRecording();
            builder.AddTransientEvents<Sealings>("test", EventCatalog.From("Recording"));
        }, app => app.MapRecording(), before);
        await _host.Get<ConfigurationSnapshots>("recording").Complete(Ct);
        _gateway = _host.As(Role.Service);
    }

    /// <summary>A block as the gateway ships it; with an empty agent as one of a caller's message.</summary>
    private Task<HttpStatusCode> Put(int number, byte[] block, Guid? tenant = null, Guid? agent = null, string? hash = null, Guid? recording = null) =>
        Send(BlockUpload.Pack([new(number, block)]), tenant, agent, hash, recording);

    /// <summary>Blocks that travel together.</summary>
    private Task<HttpStatusCode> Put(params (int Number, byte[] Block)[] blocks) =>
        Send(BlockUpload.Pack([.. blocks.Select(b => new UploadBlock(b.Number, b.Block))]), null, null, null, null);

    private async Task<HttpStatusCode> Send(byte[] body, Guid? tenant, Guid? agent, string? hash, Guid? recording)
    {
        using var content = new ByteArrayContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Put, BlockUpload.Path(recording ?? _recording)) { Content = content };
        request.Headers.Add(BlockUpload.TenantHeader, (tenant ?? _tenant).ToString());
        request.Headers.Add(BlockUpload.ContactHeader, _contact.ToString());
        if (agent != Guid.Empty)
        {
            request.Headers.Add(BlockUpload.AgentHeader, (agent ?? _agent).ToString());
        }
        request.Headers.Add(BlockUpload.HashHeader, hash ?? Convert.ToHexStringLower(SHA256.HashData(body)));
        using var response = await _gateway.SendAsync(request, Ct);
        return response.StatusCode;
    }

    private async Task PutAll(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            (await Put(number, _blocks.Sealed(number))).ShouldBe(HttpStatusCode.NoContent);
        }
    }

    private Task<DomainEvent> Started() => _host.Tell(new RecordingStarted(_recording, _agent) { Tenant = _tenant, Stream = _contact });

    private Task<DomainEvent> Ended(long blocks = BlockCount) => _host.Tell(new RecordingEnded(_recording, blocks, blocks * RecordingBlock.NominalMs) { Tenant = _tenant, Stream = _contact });

    private async Task<HttpResponseMessage> Audio(HttpClient client, Guid? recording = null, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/recordings/{recording ?? _recording}/audio");
        request.Headers.Range = range;
        return await client.SendAsync(request, Ct);
    }

    private async Task<Wav> Play()
    {
        using var supervisor = _host.As(Role.Supervisor);
        using var response = await Audio(supervisor);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Ct));
        return Wav.Read(await response.Content.ReadAsStreamAsync(Ct));
    }

    private string StoredFile() => Directory.GetFiles(Path.Combine(_configuration["Data:Folder"]!, "recordings"), "*.blocks", SearchOption.AllDirectories).Single();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_recording_is_sealed_once_when_its_end_and_all_blocks_are_there(bool endFirst)
    {
        await Started();
        await PutAll(1, 0);
        if (endFirst)
        {
            await Ended();
            await PutAll(3, 2);
        }
        else
        {
            await PutAll(3, 2);
            await Ended();
        }

        var told = await _sealings.Next();
        (told.Recording, told.Agent, told.Blocks, told.LengthMs, told.Contact, told.Tenant, told.Final, told.Source, told.Sequence)
            .ShouldBe((_recording, _agent, BlockCount, 2000, _contact, _tenant, true, "recording", 1));
        using var supervisor = _host.As(Role.Supervisor);
        var item = (await supervisor.GetFromJsonAsync<JsonElement>($"/api/recordings?tenant={_tenant}&contact={_contact}", Ct)).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (item.GetProperty("id").GetGuid(), item.GetProperty("sealed").GetBoolean(), item.GetProperty("hash").GetString()).ShouldBe((_recording, true, told.Hash));
        var wav = await Play();
        wav.Samples.Length.ShouldBe(2 * 16_000);
        ToneProbe.DominantFrequency(wav.Channel(0), 8000).ShouldBe(440, 2);
        ToneProbe.DominantFrequency(wav.Channel(1), 8000).ShouldBe(1000, 2);
        (await Put(BlockCount, _blocks.Sealed(BlockCount))).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_callers_message_has_no_agent_and_is_played_to_its_tenant()
    {
        (await Put(0, _blocks.Sealed(0), agent: Guid.Empty)).ShouldBe(HttpStatusCode.NoContent);
        await _host.Tell(new RecordingStarted(_recording, null) { Tenant = _tenant, Stream = _contact });
        await Ended(blocks: 1);
        (await _sealings.Next()).Agent.ShouldBeNull();
        (await Put(0, _blocks.Sealed(0))).ShouldBe(HttpStatusCode.Conflict, "the recording is not that agent's");

        using var client = _host.As(Role.Client, null, _tenant);
        var item = (await client.GetFromJsonAsync<JsonElement>($"/api/recordings?tenant={_tenant}", Ct)).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("agent").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var (listener, expected) in new[]
        {
            (client, HttpStatusCode.OK), (_host.As(Role.Supervisor), HttpStatusCode.OK), (_host.As(Role.Agent, _agent, _tenant), HttpStatusCode.NotFound),
            (_host.As(Role.Client, null, Guid.CreateVersion7()), HttpStatusCode.NotFound),
        })
        {
            using var response = await Audio(listener);
            response.StatusCode.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Blocks_that_come_before_the_event_are_kept()
    {
        await PutAll(0, 1, 2, 3);
        await Started();
        await Ended();
        (await _sealings.Next()).Blocks.ShouldBe(BlockCount);
    }

    [Fact]
    public async Task A_repetition_is_taken_once_another_block_under_its_number_is_not()
    {
        var block = _blocks.Sealed(0);
        (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Put(0, block)))).ShouldAllBe(s => s == HttpStatusCode.NoContent);
        (await Put(0, _blocks.Sealed(0))).ShouldBe(HttpStatusCode.Conflict);
        new FileInfo(StoredFile()).Length.ShouldBe(block.Length);
    }

    [Fact]
    public async Task Blocks_that_travel_together_are_all_stored_or_none()
    {
        var blocks = Enumerable.Range(0, BlockCount).Select(n => (Number: n, Block: _blocks.Sealed(n))).ToArray();
        (await Put(blocks[..2])).ShouldBe(HttpStatusCode.NoContent);
        (await Put(blocks[2], (1, _blocks.Sealed(1)))).ShouldBe(HttpStatusCode.Conflict, "another block is under 1");
        new FileInfo(StoredFile()).Length.ShouldBe(blocks[0].Block.Length + blocks[1].Block.Length);
        (await Put(blocks)).ShouldBe(HttpStatusCode.NoContent, "two are there already, two are new");
        new FileInfo(StoredFile()).Length.ShouldBe(blocks.Sum(b => b.Block.Length));
        await Started();
        await Ended();
        (await _sealings.Next()).Blocks.ShouldBe(BlockCount);
        ToneProbe.Share((await Play()).Channel(0), 8000, 440).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public async Task Blocks_of_many_at_once_all_find_their_place()
    {
        (await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Put(n, _blocks.Sealed(n))))).ShouldAllBe(s => s == HttpStatusCode.NoContent);
        await Started();
        await Ended(20);
        (await _sealings.Next()).Blocks.ShouldBe(20);
        ToneProbe.Share((await Play()).Channel(0), 8000, 440).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public async Task What_never_came_is_silence()
    {
        await Started();
        await PutAll(0, 2);
        await Ended();
        var caller = (await Play()).Channel(0);
        caller.Length.ShouldBe(16_000);
        caller.AsSpan(4_000, 4_000).ToArray().ShouldAllBe(s => s == 0);
        ToneProbe.Share(caller.AsSpan(8_000, 4_000), 8000, 440).ShouldBeGreaterThan(0.98);
    }

    [Fact]
    public async Task Bad_uploads_are_refused()
    {
        var block = _blocks.Sealed(0);
        (await Put(0, block, hash: new string('0', 64))).ShouldBe(HttpStatusCode.BadRequest);
        (await Put(0, block, tenant: Guid.Empty)).ShouldBe(HttpStatusCode.BadRequest);
        (await Put(RecordingBlock.MaxBlocks, block)).ShouldBe(HttpStatusCode.BadRequest);
        (await Put(0, new byte[10])).ShouldBe(HttpStatusCode.BadRequest);
        (await Put(0, new byte[RecordingCipher.MaxSealedSize + 1])).ShouldBe(HttpStatusCode.BadRequest);
        (await Put((0, block), (0, block))).ShouldBe(HttpStatusCode.BadRequest, "a number comes once");
        (await Send(new byte[BlockUpload.SizeMax + 1], null, null, null, null)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Send([], null, null, null, null)).ShouldBe(HttpStatusCode.BadRequest);
        var whole = BlockUpload.Pack([new(0, block)]);
        (await Send(whole[..^1], null, null, null, null)).ShouldBe(HttpStatusCode.BadRequest, "a length beyond the end");
        (await Send([.. Enumerable.Repeat(BlockUpload.Pack([new(0, [])]), BlockUpload.BlocksMax + 1).SelectMany(b => b)], null, null, null, null)).ShouldBe(HttpStatusCode.BadRequest);
        await PutAll(0);
        (await Put(1, block, tenant: _other)).ShouldBe(HttpStatusCode.Conflict);
        (await Put(1, block, agent: Guid.CreateVersion7())).ShouldBe(HttpStatusCode.Conflict);
        using var agent = _host.As(Role.Agent, _agent, _tenant);
        (await agent.PutAsync(new Uri($"/{BlockUpload.Path(_recording)}", UriKind.Relative), null, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Who_may_hear_it_and_who_did()
    {
        await PutAll(0);
        (Role Role, Guid? User, Guid[] Tenants, HttpStatusCode Expected)[] cases =
        [
            (Role.Supervisor, null, [], HttpStatusCode.OK),
            (Role.Agent, _agent, [_tenant], HttpStatusCode.OK),
            (Role.Agent, Guid.CreateVersion7(), [_tenant], HttpStatusCode.NotFound),
            (Role.Client, null, [_tenant], HttpStatusCode.OK),
            (Role.Client, null, [_other], HttpStatusCode.NotFound),
            (Role.Administrator, null, [_tenant], HttpStatusCode.OK),
            (Role.Administrator, null, [_other], HttpStatusCode.NotFound),
        ];
        foreach (var (role, user, tenants, expected) in cases)
        {
            using var client = _host.As(role, user, tenants);
            (await Audio(client)).StatusCode.ShouldBe(expected, $"{role} of {string.Join(',', tenants)}");
            var items = (await client.GetFromJsonAsync<JsonElement>($"/api/recordings?contact={_contact}", Ct)).GetProperty("items").GetArrayLength();
            items.ShouldBe(expected == HttpStatusCode.OK ? 1 : 0);
        }

        using var foreign = _host.As(Role.Client, null, _other);
        (await foreign.GetAsync(new Uri($"/api/recordings?tenant={_tenant}", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Audio(foreign, Guid.CreateVersion7())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var heard = await _host.Get<ServiceDatabase>("recording").InTenant(_tenant,
            (c, t) => c.QueryAsync<string>("SELECT by_role FROM accesses WHERE recording = @_recording ORDER BY id", new { _recording }, t), Ct);
        heard.ShouldBe(["supervisor", "agent", "client", "administrator"]);
    }

    [Fact]
    public async Task A_range_is_that_part()
    {
        await PutAll(0, 1);
        using var supervisor = _host.As(Role.Supervisor);
        using var wholeResponse = await Audio(supervisor);
        wholeResponse.Content.Headers.ContentType!.MediaType.ShouldBe("audio/wav");
        wholeResponse.Headers.AcceptRanges.ShouldContain("bytes");
        var whole = await wholeResponse.Content.ReadAsByteArrayAsync(Ct);
        using var part = await Audio(supervisor, range: new(30, 17_000));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync(Ct)).ShouldBe(whole[30..17_001]);
        part.Content.Headers.ContentRange!.Length.ShouldBe(whole.Length);
        using var beyond = await Audio(supervisor, range: new(whole.Length, null));
        beyond.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    [Fact]
    public async Task Damage_is_told_and_nothing_of_it_is_played()
    {
        await PutAll(0, 1);
        var path = StoredFile();
        var bytes = await File.ReadAllBytesAsync(path, Ct);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Ct);
        using var supervisor = _host.As(Role.Supervisor);
        using var changed = await Audio(supervisor);
        changed.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await changed.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString()!.ShouldContain("Block 1 was changed");
        File.Delete(path);
        using var gone = await Audio(supervisor);
        (await gone.Content.ReadAsStringAsync(Ct)).ShouldContain("cannot be read");
    }

    [Fact]
    public async Task After_a_restart_the_rest_comes_and_it_is_sealed()
    {
        await Started();
        await PutAll(0);
        var again = _blocks.Sealed(1);
        (await Put(1, again)).ShouldBe(HttpStatusCode.NoContent);
        var before = _host;
        await before.DisposeAsync();
        await StartHost(before);
        (await Put(1, again)).ShouldBe(HttpStatusCode.NoContent);
        await PutAll(2, 3);
        await Ended();
        (await _sealings.Next()).Blocks.ShouldBe(BlockCount);
        (await Play()).Samples.Length.ShouldBe(2 * 16_000);
    }

    [Fact]
    public async Task The_last_of_a_contacts_recordings_is_final()
    {
        var second = Guid.CreateVersion7();
        await Started();
        await _host.Tell(new RecordingStarted(second, _agent) { Tenant = _tenant, Stream = _contact });
        await Ended(0);
        (await _sealings.Next()).Final.ShouldBeFalse();
        await _host.Tell(new RecordingEnded(second, 0, 0) { Tenant = _tenant, Stream = _contact });
        (await _sealings.Next()).ShouldSatisfyAllConditions(e => e.Final.ShouldBeTrue(), e => e.Sequence.ShouldBe(2));
    }

    /// <summary>RecordingSealed events in the order they came.</summary>
    private sealed class Sealings : ITransientHandler
    {
        private readonly Channel<RecordingSealed> _events = Channel.CreateUnbounded<RecordingSealed>();

        public Task Handle(object message, CancellationToken ct)
        {
            _events.Writer.TryWrite((RecordingSealed)message);
            return Task.CompletedTask;
        }

        public async Task<RecordingSealed> Next()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            return await _events.Reader.ReadAsync(patience.Token);
        }
    }
}
