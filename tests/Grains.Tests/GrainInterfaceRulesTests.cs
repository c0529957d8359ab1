using Orleans;

namespace CallCenter.Grains.Tests;

public class GrainInterfaceRulesTests
{
    private interface IUnfit : IGrainWithStringKey
    {
        int Count { get; }

        void Nothing();

        Task Take(Bare bare);

        Task<Bare> Give();

#pragma warning disable CA1068 // What is refused here.
        Task Early(CancellationToken token, int value);
#pragma warning restore CA1068

        Task Open<T>();
    }

    [Fact]
    public void Everything_that_Orleans_would_refuse_is_told_at_once() => GrainInterfaceRules.Check(typeof(IUnfit)).Count.ShouldBe(6);

    [Fact]
    public void The_grains_of_this_assembly_are_fit() =>
        new GrainCatalog([typeof(GrainInterfaceRulesTests).Assembly]).FindByName("worker")!.Type.ShouldBe(typeof(WorkerGrain));

    [Fact]
    public void An_interface_without_a_grain_class_is_named() =>
        Should.Throw<ArgumentException>(() => new GrainCatalog([typeof(string).Assembly]).Find(typeof(IWorkerGrain))).Message.ShouldContain("IWorkerGrain");

    private sealed record Bare(string Name);
}
