namespace CallCenter.Hosting.Tests.RabbitMq;

/// <summary>The real node, started and stopped.</summary>
[Trait("needs", "server")]
public sealed class EmbeddedRabbitMqTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // A process that has ended is still listed until its parent has asked for it.
    private static Task Gone(int process) => Eventually.Be(() => !Directory.Exists($"/proc/{process}"));

    [Fact]
    public async Task It_stops_with_its_owner_and_one_that_outlived_it_is_stopped_first()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"callcenter-test-{Guid.NewGuid():N}");
        var data = new DataFolder(folder);
        var first = await EmbeddedRabbitMq.Start(data, _ => { }, Ct);
        var (address, left) = (first.ConnectionString, first.ProcessId!.Value);
        first.Abandon();
        Directory.Exists($"/proc/{left}").ShouldBeTrue();

        var said = new List<string>();
        var second = await EmbeddedRabbitMq.Start(data, said.Add, Ct);
        said.ShouldContain(line => line.Contains("earlier run", StringComparison.Ordinal));
        await Gone(left);
        second.ConnectionString.ShouldBe(address);
        var running = second.ProcessId!.Value;
        await second.DisposeAsync();
        await Gone(running);
        Directory.Delete(folder, recursive: true);
    }
}
