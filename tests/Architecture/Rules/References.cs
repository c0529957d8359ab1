namespace CallCenter.Architecture.Rules;

internal sealed class ServicesReferenceSharedOnly : Rule
{
    public override string Says => "A service uses shared/* and never another service; shared/* uses no service. AllInOne and tests may use services; Fleet starts them.";

    public override IEnumerable<string> Violations(Tree tree) =>
        from project in tree.Projects
        where project.Storey != "tests" && project.Name is not ("AllInOne" or "Fleet")
        from reference in project.References
        where !reference.StartsWith("shared/", StringComparison.Ordinal)
        select $"{project.Path} references {reference}";

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("services/Ivr/Ivr.csproj", Projects.Referencing("../Routing/Routing.csproj")),
        tree.With("shared/Hosting/Hosting.csproj", Projects.Referencing("../../services/Routing/Routing.csproj")),
        tree.With("shared/Hosting/Hosting.csproj", Projects.Referencing("../../tests/TestKit/TestKit.csproj")),
    ];
}

internal sealed class OnlyTelephonySpeaksSip : Rule
{
    public override string Says => "Only Telephony (and tests) use shared/Sip.";

    public override IEnumerable<string> Violations(Tree tree) => Projects.UsersOf(tree, "shared/Sip/Sip.csproj", ["services/Telephony/Telephony.csproj"]);

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("services/Routing/Routing.csproj", Projects.Referencing("../../shared/Sip/Sip.csproj"))];
}

internal sealed class MediaHasThreeUsers : Rule
{
    public override string Says => "Only Telephony, Ivr and Recording (and tests) use shared/Media.";

    public override IEnumerable<string> Violations(Tree tree) => Projects.UsersOf(
        tree, "shared/Media/Media.csproj",
        ["services/Telephony/Telephony.csproj", "services/Ivr/Ivr.csproj", "services/Recording/Recording.csproj"]);

    public override IEnumerable<Tree> Planted(Tree tree) => [tree.With("services/Reporting/Reporting.csproj", Projects.Referencing("../../shared/Media/Media.csproj"))];
}

internal sealed class ContractsStandAlone : Rule
{
    public override string Says => "shared/Contracts uses nothing but the base class library.";

    public override IEnumerable<string> Violations(Tree tree) =>
        from project in tree.Projects
        where project.Path == "shared/Contracts/Contracts.csproj"
        from used in project.References.Concat(project.Packages)
        select $"{project.Path} references {used}";

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("shared/Contracts/Contracts.csproj", Projects.Referencing("../Hosting/Hosting.csproj")),
        tree.With("shared/Contracts/Contracts.csproj", """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Dapper" /></ItemGroup></Project>"""),
    ];
}

internal sealed class RoomNames : Rule
{
    private static readonly string[] Forbidden = ["Core", "Common", "Utils", "Domain", "Application", "Infrastructure"];

    public override string Says => "Folders are capabilities: none is called Core, Common, Utils, Domain, Application or Infrastructure.";

    public override IEnumerable<string> Violations(Tree tree) =>
        tree.Files.Where(f => f.Path.Split('/')[..^1].Any(Forbidden.Contains) || Forbidden.Any(w => f.Name == w + ".csproj"))
            .Select(f => f.Path);

    public override IEnumerable<Tree> Planted(Tree tree) =>
    [
        tree.With("shared/Common/Clock.cs", ""),
        tree.With("services/Routing/Domain/Agent.cs", ""),
    ];
}

internal static class Projects
{
    public static string Referencing(string reference) =>
        $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="{reference}" /></ItemGroup></Project>""";

    public static IEnumerable<string> UsersOf(Tree tree, string used, string[] allowed) =>
        tree.Projects.Where(p => p.Storey != "tests" && p.References.Contains(used) && !allowed.Contains(p.Path))
            .Select(p => $"{p.Path} references {used}");
}
