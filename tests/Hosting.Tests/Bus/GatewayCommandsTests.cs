using CallCenter.Contracts.Telephony;

namespace CallCenter.Hosting.Tests.Bus;

public sealed class GatewayCommandsTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestHost> Start() => TestHost.Start(new Dictionary<string, string?> { ["Data:Folder"] = _folder },
        b => b.AddGatewayCommandConsumer<Gateway>("here"));

    private static Play Command(string gateway) => new([new("ab", "/clip")], Loop: true)
    {
        Tenant = Guid.CreateVersion7(), Contact = Guid.CreateVersion7(), Epoch = 3, Gateway = gateway,
    };

    [Fact]
    public async Task A_command_comes_whole_and_its_answer_back()
    {
        await using var host = await Start();
        var command = Command("here");
        var result = await host.Get<GatewayCommands>().Send(command, Ct);
        result.Outcome.ShouldBe(CommandOutcome.Done);
        result.Epoch.ShouldBe(4);
        // On a busy machine it is repeated before its answer is there.
        host.Get<Gateway>().Seen.Select(c => c.CommandId).ToList().ShouldAllBe(id => id == result.CommandId);
        var got = host.Get<Gateway>().Seen[0].ShouldBeOfType<Play>();
        got.Contact.ShouldBe(command.Contact);
        got.Clips.ShouldBe(command.Clips);
        got.CommandId.ShouldBe(result.CommandId);
        got.Expires.ShouldBeGreaterThan(TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task A_command_without_an_answer_is_repeated_under_the_same_id()
    {
        await using var host = await Start();
        host.Get<Gateway>().SilentTimes = 2;
        var result = await host.Get<GatewayCommands>().Send(Command("here") with { Expires = TimeProvider.System.GetUtcNow().AddSeconds(30) }, Ct);
        result.Outcome.ShouldBe(CommandOutcome.Done);
        host.Get<Gateway>().Seen.Count.ShouldBeGreaterThanOrEqualTo(3);
        host.Get<Gateway>().Seen.Select(c => c.CommandId).ToList().ShouldAllBe(id => id == result.CommandId);
    }

    [Fact]
    public async Task A_gateway_that_is_gone_makes_it_expire()
    {
        await using var host = await Start();
        var command = Command("gone") with { Expires = TimeProvider.System.GetUtcNow().AddMilliseconds(300) };
        (await host.Get<GatewayCommands>().Send(command, Ct)).Outcome.ShouldBe(CommandOutcome.Expired);
    }

    [Fact]
    public async Task A_command_of_no_tenant_is_refused_before_it_leaves()
    {
        await using var host = await Start();
        await Should.ThrowAsync<ArgumentException>(() => host.Get<GatewayCommands>().Send(Command("here") with { Tenant = Guid.Empty }, Ct));
    }
}

internal sealed class Gateway : IGatewayCommandHandler
{
    private readonly List<CallCommand> _seen = [];

    public int SilentTimes { get; set; }

    public IReadOnlyList<CallCommand> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    public Task<CommandResult> Handle(CallCommand command)
    {
        lock (_seen)
        {
            _seen.Add(command);
            return _seen.Count <= SilentTimes
                ? new TaskCompletionSource<CommandResult>().Task
                : Task.FromResult(new CommandResult(command.CommandId, CommandOutcome.Done, command.Epoch + 1, null));
        }
    }
}
