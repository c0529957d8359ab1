using CallCenter.Hosting;
using CallCenter.Tenancy;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddTenancy();
var app = builder.Build();
app.MapCallCenterDefaults();
app.MapTenancy();
await app.RunOrMigrate(args);
