// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/csv_rows.hpp"
#include "tests/unit/formats/label_files.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Csv : public LabelFiles {};

std::vector<std::vector<std::string>> rows_of(const std::string& text) {
  CsvRows rows(text, "x.csv");
  std::vector<std::vector<std::string>> out;
  for (std::vector<std::string> fields; rows.next(fields);)
    out.push_back(fields);
  return out;
}

TEST_F(Csv, RowsFollowRfc4180) {
  EXPECT_THAT(
      rows_of("a,b\r\n\"x,\"\"y\"\"\nz\", 2 \r\n\r\n,\n"),
      ElementsAre(ElementsAre("a", "b"), ElementsAre("x,\"y\"\nz", "2"), ElementsAre("", "")));
  EXPECT_THAT(rows_of("\xEF\xBB\xBF"
                      "a;b\n1,5;2"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("1,5", "2")));
  EXPECT_THAT(rows_of("a\tb"), ElementsAre(ElementsAre("a", "b")));
  EXPECT_TRUE(rows_of("").empty());
  EXPECT_THROW(rows_of("a,\"b\n"), Error);
  EXPECT_EQ(csv_number("0,358"), 0.358);
  EXPECT_EQ(csv_number("1e-3"), 0.001);
  EXPECT_FALSE(csv_number("1,000,000"));
  EXPECT_FALSE(csv_number("1,000.5"));
  EXPECT_FALSE(csv_number("nan"));
}

TEST_F(Csv, ColumnsGoByTheirNames) {
  const std::string box = "a.jpg";
  for (const std::string text :
       {"filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,100,80,dog,10,20,40,60\n",
        "Class;Y_max;X_max;Y_min;X_min;Image_Path\ndog;60;40;20;10;a.jpg\n",
        "filename,cell_type,xmin,xmax,ymin,ymax\na.jpg,dog,10,40,20,60\n",
        "image\tlabel\tx\ty\twidth\theight\na.jpg\tdog\t10\t20\t30\t40\n",
        "image,label,x_center,y_center,w,h\na.jpg,dog,25,40,30,40\n", "a.jpg,10,20,40,60,dog\n"}) {
    const auto result = read(put("x.csv", text));
    ASSERT_EQ(result.samples.size(), 1U) << text;
    ASSERT_EQ(result.samples[0].annotations.size(), 1U) << text;
    EXPECT_EQ(result.samples[0].ref, "a.jpg");
    EXPECT_EQ(result.samples[0].annotations[0].label, "dog");
    expect_box(result.samples[0].annotations[0].box, 10, 20, 30, 40);
    EXPECT_TRUE(result.problems.empty()) << text;
  }
}

TEST_F(Csv, FractionsAreKnownByLayoutOrByTheirValues) {
  ReadOptions options;
  options.image_size = [](const std::string&) { return ImageSize{100, 80, 3}; };
  for (const std::string text : {"ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na.jpg,,"
                                 "dog,1,\"0,1\",\"0,4\",0.25,0.75\n",
                                 "TRAIN,a.jpg,dog,0.1,0.25,,,0.4,0.75,,\n",
                                 "file,class,x1,y1,x2,y2\na.jpg,dog,.1,.25,.4,.75\n"}) {
    const auto result = read(put("x.csv", text), options);
    ASSERT_EQ(result.samples.size(), 1U) << text;
    expect_box(result.samples[0].annotations.at(0).box, 10, 20, 30, 40);
  }
  const auto lost = read(put("x.csv", "TRAIN,a.jpg,dog,0.1,0.25,,,0.4,0.75,,\n"));
  EXPECT_TRUE(lost.samples.empty());
  EXPECT_THAT(lost.listed(),
              ElementsAre(HasSubstr("boxes are fractions of a picture that was not found")));
}

TEST_F(Csv, RowsOfOneImageMayStandAnywhere) {
  const auto result =
      read(put("x.csv", "filename,class,xmin,ymin,xmax,ymax,colour\na.jpg,dog,1,1,5,5,red\n"
                        "b.jpg,,,,,,\na.jpg,cat,2,2,6,6,\n"));
  ASSERT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(result.samples[0].annotations.size(), 2U);
  EXPECT_EQ(result.samples[0].annotations[0].extra.at(0).second, "\"red\"");
  EXPECT_TRUE(result.samples[1].annotations.empty()) << "an image with nothing in it";
  EXPECT_THAT(result.classes, ElementsAre("dog", "cat"));
}

TEST_F(Csv, WithoutBoxesTheClassIsThatOfTheImage) {
  const auto result = read(put("x.csv", "filename,class\na.jpg,dog\nb.jpg,dog\nb.jpg,cat\n"));
  ASSERT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(result.samples[0].classes.at(0).label, "dog");
  EXPECT_FALSE(result.samples[0].is_multilabel);
  EXPECT_EQ(result.samples[1].classes.size(), 2U);
  EXPECT_TRUE(result.samples[1].is_multilabel);
}

TEST_F(Csv, BadRowsAreListedWithTheirLine) {
  const auto file =
      put("x.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n"
                   "a.jpg,100,80,dog,1,x,5,5\nb.jpg,100,80,dog,1,,5,5\n,1,1,dog,1,1,5,5\n"
                   "c.jpg,100,80,,1,1,5,5\nd.jpg,-3,80,dog,1,1,5,5\ne.jpg,100,80,dog,1,1,5,5\n"
                   "e.jpg,101,80,dog,1,1,5,5\nf.jpg,100,80,dog,5,5,1,1\n");
  const auto result = read(file);
  EXPECT_THAT(result.listed(),
              testing::IsSupersetOf(
                  {HasSubstr("bad-box at " + file + ":2: 'x' is not a number of a box"),
                   HasSubstr(":3: a number of the box is missing"),
                   HasSubstr(":4: the row names no image"), HasSubstr(":5: the row has no class"),
                   HasSubstr(":6: '-3' is not a size"), HasSubstr(":8: 'e.jpg' has 100")}));
  ReadOptions as_csv;
  as_csv.format = "csv";
  EXPECT_THROW(read(put("y.csv", "who,what\na,b\n"), as_csv), Error);
}

TEST_F(Csv, ComesBackAsItWas) {
  auto odd = sample("a \"dog\", wet", {0.1, 0.2, 30.5, 40.25});
  odd.ref = "frames/a (1), b.jpg";
  write("x.csv", {odd, sample()});
  const auto back = read(path("x.csv"));
  ASSERT_EQ(back.samples.size(), 2U);
  EXPECT_EQ(back.samples[0].ref, odd.ref);
  EXPECT_EQ(back.samples[0].annotations[0].label, odd.annotations[0].label);
  EXPECT_EQ(back.samples[0].width, 100);
  expect_box(back.samples[0].annotations[0].box, 0.1, 0.2, 30.5, 40.25);
  dataset::Sample whole;
  whole.ref = "b.jpg";
  whole.classes.push_back({"dog", 0, std::nullopt});
  write("c.csv", {whole});
  EXPECT_EQ(read(path("c.csv")).samples.at(0).classes.at(0).label, "dog");
}

TEST_F(Csv, OpenImagesComesBackAsItWas) {
  WriteOptions options;
  options.format = "open_images";
  write("o.csv", {sample()}, options);
  ReadOptions read_options;
  read_options.image_size = [](const std::string&) { return ImageSize{100, 80, 3}; };
  const auto back = read(path("o.csv"), read_options);
  ASSERT_EQ(back.samples.size(), 1U);
  expect_box(back.samples[0].annotations.at(0).box, 10, 20, 30, 40);
}

TEST_F(Csv, ImagesWithoutObjectsAreALoss) {
  auto empty = sample();
  empty.annotations.clear();
  empty.ref = "empty.jpg";
  const auto losses = write("x.csv", {empty, sample()});
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].field, "images without objects, left out (a table has no row for them)");
}

TEST_F(Csv, FoldersOfClassesAreRead) {
  for (const char* name : {"set/train/dog/a.jpg", "set/train/cat/b.png", "set/val/dog/c.JPG"}) {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    put(name, "x");
  }
  const auto result = read(path("set"));
  ASSERT_EQ(result.samples.size(), 3U);
  EXPECT_THAT(result.classes, ElementsAre("cat", "dog"));
  EXPECT_EQ(result.samples[0].ref, "train/cat/b.png");
  EXPECT_EQ(result.samples[0].classes.at(0).label, "cat");
  EXPECT_EQ(result.samples[2].split, dataset::Split::validation);
}

} // namespace
} // namespace mlopsctl::formats
